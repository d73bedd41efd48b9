// How a picture is cut into tiles that are decoded one after the other. No libtorch here: what that takes is
// foretold from it.
#pragma once

#include <algorithm>
#include <cstdint>

namespace rushes {

/// Squares that lie `stride` apart, as diffusers' enable_tiling() sets them; what two of them share is
/// blended. In pixels, and multiples of what a latent stands for.
struct Tiling {
    std::int64_t side = 0;
    std::int64_t stride = 0;
    std::int64_t grain = 1; ///< pixels, each way, that get one share while they are blended

    std::int64_t blended() const { return side - stride; }

    bool cuts(std::int64_t width, std::int64_t height) const { return width > side || height > side; }

    /// Tiles that begin within `length`.
    std::int64_t along(std::int64_t length) const { return (length + stride - 1) / stride; }

    /// Pixels of the largest tile.
    double largest(std::int64_t width, std::int64_t height) const {
        return static_cast<double>(std::min(width, side)) * static_cast<double>(std::min(height, side));
    }

    /// Pixels of all tiles, by those of the picture: what they share is decoded more than once.
    double overlap(std::int64_t width, std::int64_t height) const {
        return cuts(width, height) ? covered(width) * covered(height) : 1;
    }

private:
    /// Lengths of all tiles that lie along it, by its own.
    double covered(std::int64_t length) const {
        std::int64_t sum = 0;
        for (std::int64_t begin = 0; begin < length; begin += stride) {
            sum += std::min(side, length - begin);
        }
        return static_cast<double>(sum) / static_cast<double>(length);
    }
};

} // namespace rushes
