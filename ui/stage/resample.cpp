#include "stage/resample.h"

#include "work/in_parts.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

// As in nn/cpu/kernels.cpp: one body for several instruction sets, the loader picks.
#if defined(__x86_64__) && defined(__ELF__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define RUSHES_CLONES __attribute__((target_clones("avx2", "default")))
#else
#define RUSHES_CLONES
#endif

namespace rushes::ui {

namespace {

constexpr int channels = 4;  ///< blue, green, red, opaque: the order of RGB32 in memory
constexpr int most_taps = 8; ///< of a kernel stretched by less than 2
constexpr int row_shift = 6; ///< rows hold 64ths of a level: room for the kernel's overshoot
constexpr int weight_one = 1 << 14;
constexpr int out_shift = row_shift + 14 - 16; ///< of a sum of high halves of products

using Pixel = std::array<float, channels>;

double catmullRom(double x) {
    x = std::abs(x);
    if (x < 1) {
        return (1.5 * x - 2.5) * x * x + 1;
    }
    return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
}

/// Which source samples make a target sample.
struct Taps {
    int first = 0; ///< may lie outside of the picture: its edge goes on
    std::array<float, most_taps> weights{};
};

struct Axis {
    int taps = 4; ///< a target sample
    std::vector<Taps> samples;
};

Axis axisOf(double start, double length, int target) {
    const double step = length / target;
    const double stretch = std::clamp(step, 1.0, 2.0);
    Axis axis;
    axis.taps = stretch > 1 ? most_taps : most_taps / 2;
    axis.samples.resize(static_cast<std::size_t>(target));
    for (int i = 0; i < target; ++i) {
        const double centre = start + (i + 0.5) * step - 0.5;
        Taps& taps = axis.samples[static_cast<std::size_t>(i)];
        taps.first = static_cast<int>(std::floor(centre)) - axis.taps / 2 + 1;
        double sum = 0;
        std::array<double, most_taps> weights{};
        for (int t = 0; t < axis.taps; ++t) {
            weights[static_cast<std::size_t>(t)] = catmullRom((taps.first + t - centre) / stretch);
            sum += weights[static_cast<std::size_t>(t)];
        }
        for (std::size_t t = 0; t < most_taps; ++t) {
            taps.weights[t] = static_cast<float>(weights[t] / sum);
        }
    }
    return axis;
}

/// One row of the picture, its columns [from, from + count) with the edges repeated, as floats.
void expand(const QImage& picture, int y, int from, std::vector<Pixel>& row) {
    const std::uint8_t* line = picture.constScanLine(std::clamp(y, 0, picture.height() - 1));
    constexpr float scale = 1 << row_shift;
    constexpr float opaque = 256 * scale; // a little more, so that rounding ends at 255
    for (std::size_t i = 0; i < row.size(); ++i) {
        const int x = std::clamp(from + static_cast<int>(i), 0, picture.width() - 1);
        const std::uint8_t* rgb = line + std::ptrdiff_t{3} * x;
        row[i] = {scale * rgb[2], scale * rgb[1], scale * rgb[0], opaque};
    }
}

template <int taps>
[[gnu::always_inline]] inline void widen(const Pixel* row, int from, const Axis& axis, std::int16_t* out) {
    for (const Taps& sample : axis.samples) {
        const Pixel* pixel = row + (sample.first - from);
        Pixel sum{};
        for (std::size_t t = 0; t < taps; ++t) {
            for (std::size_t c = 0; c < channels; ++c) {
                sum[c] += sample.weights[t] * pixel[t][c];
            }
        }
        for (std::size_t c = 0; c < channels; ++c) {
            out[c] = static_cast<std::int16_t>(static_cast<int>(sum[c]));
        }
        out += channels;
    }
}

RUSHES_CLONES void widenRow(const std::vector<Pixel>& row, int from, const Axis& axis, std::int16_t* out) {
    axis.taps == most_taps ? widen<most_taps>(row.data(), from, axis, out)
                           : widen<most_taps / 2>(row.data(), from, axis, out);
}

using Rows = std::array<const std::int16_t*, most_taps>;
using RowWeights = std::array<std::int16_t, most_taps>;

[[gnu::always_inline]] inline int product(std::int16_t sample, std::int16_t weight) {
    return static_cast<std::int16_t>((sample * weight) >> 16);
}

template <int taps>
[[gnu::always_inline]] inline void
blend(const Rows& rows, const RowWeights& weights, std::size_t count, std::uint8_t* __restrict out) {
    constexpr int rounding = (1 << (out_shift - 1)) + taps / 2; // each product lost half a unit
    const std::int16_t* const a = rows[0];
    const std::int16_t* const b = rows[1];
    const std::int16_t* const c = rows[2];
    const std::int16_t* const d = rows[3];
    for (std::size_t i = 0; i < count; ++i) {
        int sum = rounding + product(a[i], weights[0]) + product(b[i], weights[1]) +
                  product(c[i], weights[2]) + product(d[i], weights[3]);
        if constexpr (taps == most_taps) {
            sum += product(rows[4][i], weights[4]) + product(rows[5][i], weights[5]) +
                   product(rows[6][i], weights[6]) + product(rows[7][i], weights[7]);
        }
        out[i] = static_cast<std::uint8_t>(std::clamp(static_cast<std::int16_t>(sum) >> out_shift, 0, 255));
    }
}

RUSHES_CLONES void
blendRows(const Rows& rows, const RowWeights& weights, int taps, std::size_t count, std::uint8_t* out) {
    taps == most_taps ? blend<most_taps>(rows, weights, count, out)
                      : blend<most_taps / 2>(rows, weights, count, out);
}

/// Means of 2x2 samples of two rows.
RUSHES_CLONES void halveRows(
    const std::uint8_t* __restrict upper,
    const std::uint8_t* __restrict lower,
    int width,
    std::uint8_t* __restrict out
) {
    for (int x = 0; x < width; ++x) {
        for (int c = 0; c < 3; ++c) {
            const int left = 6 * x + c;
            out[3 * x + c] = static_cast<std::uint8_t>(
                (upper[left] + upper[left + 3] + lower[left] + lower[left + 3] + 2) / 4
            );
        }
    }
}

QImage halved(const QImage& picture) {
    QImage half(picture.width() / 2, picture.height() / 2, QImage::Format_RGB888);
    for (int y = 0; y < half.height(); ++y) {
        halveRows(
            picture.constScanLine(2 * y), picture.constScanLine(2 * y + 1), half.width(), half.scanLine(y)
        );
    }
    return half;
}

/// RGB32 of that size, in the memory of `old` if that fits.
QImage imageFor(QSize size, QImage old) {
    const bool fits = old.size() == size && old.format() == QImage::Format_RGB32 && old.isDetached();
    if (!fits) {
        old = QImage(size, QImage::Format_RGB32);
    }
    return old;
}

/// Rows [first, end) of `target` lines that are `stride` bytes apart.
void scaleRows(
    const QImage& picture,
    const Axis& across,
    const Axis& down,
    int first,
    int end,
    uchar* lines,
    qsizetype stride
) {
    const int from = across.samples.front().first;
    const int to = across.samples.back().first + across.taps;
    std::vector<Pixel> row(static_cast<std::size_t>(to - from));
    // Rows of the target's width: as many as the kernel is high, each made once.
    const auto row_length = channels * across.samples.size();
    const auto height = static_cast<std::size_t>(down.taps);
    std::vector<std::int16_t> ring(row_length * height);
    int made = down.samples[static_cast<std::size_t>(first)].first; // rows before this one are in the ring
    for (int y = first; y < end; ++y) {
        const Taps& taps = down.samples[static_cast<std::size_t>(y)];
        const auto slot = [&](int source_row) {
            const int wrapped = source_row % down.taps;
            return ring.data() +
                   row_length * static_cast<std::size_t>(wrapped < 0 ? wrapped + down.taps : wrapped);
        };
        for (made = std::max(made, taps.first); made < taps.first + down.taps; ++made) {
            expand(picture, made, from, row);
            widenRow(row, from, across, slot(made));
        }
        Rows rows{};
        RowWeights weights{};
        for (int t = 0; t < down.taps; ++t) {
            const auto i = static_cast<std::size_t>(t);
            rows[i] = slot(taps.first + t);
            weights[i] = static_cast<std::int16_t>(std::lround(taps.weights[i] * weight_one));
        }
        blendRows(rows, weights, down.taps, row_length, lines + y * stride);
    }
}

/// Calls rows(first, end) for all rows of an image, by several threads where that is worth it.
template <typename Rows>
void onRows(const QImage& image, QThreadPool* helpers, const Rows& rows) {
    if (helpers == nullptr) {
        rows(0, image.height());
    } else {
        inParts(image.height(), partsWorthIt(image.sizeInBytes(), *helpers), *helpers, rows);
    }
}

RUSHES_CLONES void copyRow(const std::uint8_t* __restrict from, int count, std::uint32_t* __restrict to) {
    for (int x = 0; x < count; ++x) {
        to[x] = qRgb(from[3 * x], from[3 * x + 1], from[3 * x + 2]);
    }
}

QImage copied(const QImage& picture, QPoint corner, QImage result, QThreadPool* helpers) {
    uchar* const lines = result.bits();
    onRows(result, helpers, [&](int first, int end) {
        for (int y = first; y < end; ++y) {
            copyRow(
                picture.constScanLine(corner.y() + y) + std::ptrdiff_t{3} * corner.x(),
                result.width(),
                reinterpret_cast<std::uint32_t*>(lines + y * result.bytesPerLine())
            );
        }
    });
    return result;
}

QImage scaled(const QImage& picture, const QRectF& source, QImage result, QThreadPool* helpers) {
    const Axis across = axisOf(source.x(), source.width(), result.width());
    const Axis down = axisOf(source.y(), source.height(), result.height());
    uchar* const lines = result.bits();
    onRows(result, helpers, [&](int first, int end) {
        scaleRows(picture, across, down, first, end, lines, result.bytesPerLine());
    });
    return result;
}

} // namespace

QImage
resample(const QImage& picture, const QRectF& source, QSize target, QImage into, QThreadPool* helpers) {
    if (picture.isNull() || source.isEmpty() || target.isEmpty()) {
        return {};
    }
    QImage rgb = picture.convertToFormat(QImage::Format_RGB888);
    const QRect pixels = source.toRect();
    if (source == QRectF(pixels) && pixels.size() == target && rgb.rect().contains(pixels)) {
        return copied(rgb, pixels.topLeft(), imageFor(target, std::move(into)), helpers);
    }
    QRectF part = source;
    while (part.width() >= 2 * target.width() && part.height() >= 2 * target.height() && rgb.width() > 1 &&
           rgb.height() > 1) {
        rgb = halved(rgb);
        part = QRectF(part.topLeft() / 2, part.size() / 2);
    }
    return scaled(rgb, part, imageFor(target, std::move(into)), helpers);
}

} // namespace rushes::ui
