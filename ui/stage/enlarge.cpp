#include "stage/enlarge.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

namespace rushes::ui {

namespace {

constexpr int channels = 3;
constexpr int most_doublings = 4;

// The kernel at a quarter of a pixel, in 128ths: new pixels lie at 1/4 and 3/4 of the old ones.
constexpr std::array<int, 4> taps{-9, 111, 29, -3};
constexpr int tap_shift = 7;

std::uint8_t clamped(int sum) {
    return static_cast<std::uint8_t>(std::clamp((sum + (1 << (tap_shift - 1))) >> tap_shift, 0, 255));
}

/// Doubles `count` samples that lie `stride` bytes apart.
void doubleLine(
    const std::uint8_t* from,
    std::uint8_t* to,
    int count,
    std::ptrdiff_t from_stride,
    std::ptrdiff_t to_stride
) {
    const auto at = [&](int i) { return static_cast<int>(from[std::clamp(i, 0, count - 1) * from_stride]); };
    for (int i = 0; i < count; ++i) {
        const int before = taps[0] * at(i + 1) + taps[1] * at(i) + taps[2] * at(i - 1) + taps[3] * at(i - 2);
        const int after = taps[0] * at(i - 1) + taps[1] * at(i) + taps[2] * at(i + 1) + taps[3] * at(i + 2);
        to[(2 * i) * to_stride] = clamped(before);
        to[(2 * i + 1) * to_stride] = clamped(after);
    }
}

QImage doubled(const QImage& picture) {
    const int width = picture.width();
    const int height = picture.height();
    const std::ptrdiff_t wide_row = std::ptrdiff_t{2} * width * channels;
    std::vector<std::uint8_t> wide(static_cast<std::size_t>(wide_row * height));
    for (int y = 0; y < height; ++y) {
        for (int c = 0; c < channels; ++c) {
            doubleLine(
                picture.constScanLine(y) + c, wide.data() + y * wide_row + c, width, channels, channels
            );
        }
    }
    QImage result(2 * width, 2 * height, QImage::Format_RGB888);
    // Row by row, so that memory is read in order.
    for (int y = 0; y < 2 * height; ++y) {
        const int centre = y / 2;
        const int towards = y % 2 == 0 ? -1 : 1;
        std::array<const std::uint8_t*, 4> rows{};
        const std::array<int, 4> places{centre - towards, centre, centre + towards, centre + 2 * towards};
        for (std::size_t i = 0; i < rows.size(); ++i) {
            rows[i] = wide.data() + std::clamp(places[i], 0, height - 1) * wide_row;
        }
        std::uint8_t* target = result.scanLine(y);
        for (std::ptrdiff_t x = 0; x < wide_row; ++x) {
            target[x] = clamped(
                taps[0] * rows[0][x] + taps[1] * rows[1][x] + taps[2] * rows[2][x] + taps[3] * rows[3][x]
            );
        }
    }
    return result;
}

} // namespace

QImage enlarge(const QImage& picture, QSize target) {
    QImage result = picture;
    for (int i = 0; i < most_doublings; ++i) {
        const bool small = 2 * result.width() <= target.width() && 2 * result.height() <= target.height();
        if (result.isNull() || result.format() != QImage::Format_RGB888 || !small) {
            break;
        }
        result = doubled(result);
    }
    return result;
}

} // namespace rushes::ui
