#include "base/resample.h"

#include "base/error.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <string>
#include <vector>

namespace rushes {

namespace {

constexpr int weight_bits = 32 - 8 - 2; // 8 bits of a level, 2 for what a sum of weights overshoots
constexpr std::size_t channels = 3;

double cubic(double x) {
    constexpr double a = -0.5;
    x = std::abs(x);
    if (x < 1) {
        return ((a + 2) * x - (a + 3)) * x * x + 1;
    }
    return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
}

double sinc(double x) {
    return x == 0 ? 1 : std::sin(x * std::numbers::pi) / (x * std::numbers::pi);
}

double lanczos(double x) {
    return x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0;
}

/// What one pixel of the result is made of.
struct Taps {
    std::size_t first = 0; ///< pixel of the source
    std::vector<std::int32_t> weights;
};

std::vector<Taps> taps_of(int from, int to, Kernel kernel) {
    const double scale = static_cast<double>(from) / to;
    const double widening = std::max(1.0, scale);
    const double support = (kernel == Kernel::lanczos ? 3.0 : 2.0) * widening;
    std::vector<Taps> all(static_cast<std::size_t>(to));
    std::vector<double> weights;
    for (int i = 0; i < to; ++i) {
        const double centre = (i + 0.5) * scale;
        const int first = std::max(0, static_cast<int>(centre - support + 0.5));
        const int end = std::min(from, static_cast<int>(centre + support + 0.5));
        weights.clear();
        double sum = 0;
        for (int x = first; x < end; ++x) {
            const double at = (x - centre + 0.5) * (1.0 / widening);
            weights.push_back(kernel == Kernel::lanczos ? lanczos(at) : cubic(at));
            sum += weights.back();
        }
        Taps& taps = all[static_cast<std::size_t>(i)];
        taps.first = static_cast<std::size_t>(first);
        for (const double weight : weights) {
            const double scaled = (sum != 0 ? weight / sum : weight) * (1 << weight_bits);
            taps.weights.push_back(static_cast<std::int32_t>(scaled + (weight < 0 ? -0.5 : 0.5)));
        }
    }
    return all;
}

/// Values of the source that lie `stride` apart, weighted and rounded.
std::uint8_t weighted(const std::uint8_t* source, std::size_t stride, const Taps& taps) {
    std::int32_t sum = 1 << (weight_bits - 1);
    for (const std::int32_t weight : taps.weights) {
        sum += weight * *source;
        source += stride;
    }
    return static_cast<std::uint8_t>(std::clamp(sum >> weight_bits, 0, 255));
}

Frame resample_columns(const Frame& frame, int width, Kernel kernel) {
    const std::vector<Taps> taps = taps_of(frame.width, width, kernel);
    Frame result{width, frame.height, frame.index, {}};
    result.rgb.reserve(taps.size() * static_cast<std::size_t>(frame.height) * channels);
    const std::size_t row_bytes = static_cast<std::size_t>(frame.width) * channels;
    for (std::size_t row = 0; row < frame.rgb.size(); row += row_bytes) {
        for (const Taps& pixel : taps) {
            const std::uint8_t* source = frame.rgb.data() + row + pixel.first * channels;
            for (std::size_t c = 0; c < channels; ++c) {
                result.rgb.push_back(weighted(source + c, channels, pixel));
            }
        }
    }
    return result;
}

Frame resample_rows(const Frame& frame, int height, Kernel kernel) {
    const std::vector<Taps> taps = taps_of(frame.height, height, kernel);
    const std::size_t row_bytes = static_cast<std::size_t>(frame.width) * channels;
    Frame result{frame.width, height, frame.index, {}};
    result.rgb.reserve(taps.size() * row_bytes);
    for (const Taps& row : taps) {
        const std::uint8_t* source = frame.rgb.data() + row.first * row_bytes;
        for (std::size_t i = 0; i < row_bytes; ++i) {
            result.rgb.push_back(weighted(source + i, row_bytes, row));
        }
    }
    return result;
}

} // namespace

Frame resample(const Frame& frame, int width, int height, Kernel kernel) {
    if (width < 1 || height < 1 || frame.width < 1 || frame.height < 1) {
        throw Error(
            ErrorKind::user,
            "A picture cannot have " + std::to_string(width) + "x" + std::to_string(height) + " pixels."
        );
    }
    const auto columns = [&](const Frame& from) {
        return from.width == width ? from : resample_columns(from, width, kernel);
    };
    const auto rows = [&](const Frame& from) {
        return from.height == height ? from : resample_rows(from, height, kernel);
    };
    const auto product = [](int a, int b) { return std::int64_t{a} * b; };
    const bool rows_first = height < frame.height &&
                            2 * product(width, frame.height) > product(frame.width, frame.height + height);
    return rows_first ? columns(rows(frame)) : rows(columns(frame));
}

Frame crop_to(const Frame& frame, int width, int height, CropPosition position) {
    const bool wider = static_cast<double>(width) / height > static_cast<double>(frame.width) / frame.height;
    const auto scaled = [](int side, int to, int from) {
        return static_cast<int>(std::int64_t{side} * to / from);
    };
    const int covering_width = wider ? width : scaled(frame.width, height, frame.height);
    const int covering_height = wider ? scaled(frame.height, width, frame.width) : height;
    const Frame whole = resample(frame, covering_width, covering_height, Kernel::lanczos);
    const auto offset = [](int covering, int side, double at) {
        const int over = std::max(0, covering - side);
        const int centred = covering / 2 - side / 2;
        return std::clamp(centred + static_cast<int>(std::lround((at - 0.5) * over)), 0, over);
    };
    const int left = offset(covering_width, width, position.x);
    const int top = offset(covering_height, height, position.y);
    // Whole numbers may leave it a pixel short: that stays black, as in the reference.
    Frame result{width, height, frame.index, {}};
    result.rgb.resize(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * channels);
    const int columns = std::min(width, covering_width);
    for (int y = 0; y < std::min(height, covering_height); ++y) {
        const auto from = (static_cast<std::size_t>(y + top) * static_cast<std::size_t>(covering_width) +
                           static_cast<std::size_t>(left)) *
                          channels;
        const auto to = static_cast<std::size_t>(y) * static_cast<std::size_t>(width) * channels;
        std::copy_n(
            whole.rgb.begin() + static_cast<std::ptrdiff_t>(from),
            columns * channels,
            result.rgb.begin() + static_cast<std::ptrdiff_t>(to)
        );
    }
    return result;
}

} // namespace rushes
