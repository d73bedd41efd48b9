// What lies between the convolutions of the Wan VAE (ATen: nn/channel_norm.cpp, models/wan/vae_blocks.cpp).
#pragma once

#include "nn/cuda/body.h"

namespace rushes::cuda {

/// A row is a pixel: out = silu(y / max(|y|, 1e-12) * gain) with y = x + bias, |y| the root of the sum of
/// squares over the channels. x and out [pixels, channels], dense, may be the same.
template <typename Number>
struct NormSilu {
    const Number* x;
    Number* out;
    const float* gain;  ///< [channels]
    const Number* bias; ///< [channels], of the convolution before; or null
    std::int64_t channels;

    template <typename Warp>
    RUSHES_BODY void operator()(Warp warp, std::int64_t pixel) const {
        const Number* const source = x + pixel * channels;
        Number* const target = out + pixel * channels;
        const auto value = [&](std::int64_t c) {
            return wide(source[c]) + (bias == nullptr ? 0.0F : wide(bias[c]));
        };
        const float square = warp.sum([&](int lane) {
            float part = 0;
            strided(lane, channels, [&](std::int64_t c) { part += value(c) * value(c); });
            return part;
        });
        const float length = fmaxf(sqrtf(square), 1e-12F);
        warp.each([&](int lane) {
            strided(lane, channels, [&](std::int64_t c) {
                const float y = value(c) / length * gain[c];
                store(target + c, y / (1 + expf(-y)));
            });
        });
    }
};

/// A row is a pixel: out = x + bias + shortcut, the end of a residual block. All [pixels, channels], dense;
/// out may be x.
template <typename Number>
struct BiasedSum {
    const Number* x;
    const Number* bias; ///< [channels], of the convolution before
    const Number* shortcut;
    Number* out;
    std::int64_t channels;

    template <typename Warp>
    RUSHES_BODY void operator()(Warp warp, std::int64_t pixel) const {
        const std::int64_t begin = pixel * channels;
        warp.each([&](int lane) {
            strided(lane, channels, [&](std::int64_t c) {
                store(out + begin + c, wide(x[begin + c]) + wide(bias[c]) + wide(shortcut[begin + c]));
            });
        });
    }
};

} // namespace rushes::cuda
