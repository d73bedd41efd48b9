// 3x3 convolutions by Winograd's minimal filtering F(4x4, 3x3): a tile of 4x4 numbers of the output takes 36
// products a pair of channels in place of 144. Lavin and Gray, "Fast Algorithms for Convolutional Neural
// Networks" (2015); the points 0, +-sqrt(1/2), +-sqrt(2), infinity, with which fp32 loses least: 8e-6 of the
// rms at most where the direct form loses 1.3e-6. No ATen here.
#pragma once

#include <cstdint>

namespace rushes::cpu {

/// Stride 1, one zero around each frame. Several taps: output frame t sees the frames t ... t + taps - 1.
struct WinogradShape {
    std::int64_t frames = 0; ///< of the output
    std::int64_t height = 0;
    std::int64_t width = 0;
    std::int64_t in = 0;  ///< a multiple of winograd_channels
    std::int64_t out = 0; ///< the same
    std::int64_t taps = 1;
    std::int64_t enlarged =
        1; ///< 2: of the input each number stands for 2x2, its frames are half as high and wide

    std::int64_t tiles() const { return frames * ((height + 3) / 4) * ((width + 3) / 4); }

    /// Products that a number of the output needs of each tile.
    std::int64_t depth() const { return taps * in; }
};

constexpr std::int64_t winograd_channels = 32;

/// Some of the output's channels: what is computed with one transformed weight.
struct WinogradGroup {
    std::int64_t first = 0; ///< a multiple of winograd_channels, as `count`
    std::int64_t count = 0;
};

/// Where a kernel's loops are compiled for.
struct WinogradKernels {
    /// weight [out, in, taps, 3, 3] -> 36 * depth * group.count numbers, those of the group's channels first
    /// ... first + count - 1.
    void (*transform)(
        const float* weight,
        const WinogradShape& shape,
        WinogradGroup group,
        std::int64_t first,
        std::int64_t count,
        float* transformed
    );
    /// Tiles first ... first + count - 1 of all frames, counted along the rows. x [frames + taps - 1, height,
    /// width, in], y [frames, height, width, out], bias [out] or null; room: winograd_room() numbers.
    void (*tiles)(
        const float* x,
        const float* transformed,
        const float* bias,
        float* y,
        const WinogradShape& shape,
        WinogradGroup group,
        std::int64_t first,
        std::int64_t count,
        float* room
    );
};

/// For this processor; null: it has neither AVX-512 nor AVX2.
const WinogradKernels* winograd_kernels();

/// By the width of their vectors; for winograd_kernels() and tests.
extern const WinogradKernels winograd_avx512;
extern const WinogradKernels winograd_avx2;

inline std::int64_t winograd_room(const WinogradShape& shape, WinogradGroup group, std::int64_t tiles) {
    return 36 * tiles * (shape.depth() + group.count) + shape.in;
}

} // namespace rushes::cpu
