// From what the networks give to bytes that people see.
#pragma once

#include "nn/cuda/body.h"

namespace rushes::cuda {

/// v / 2 + 0.5, cut to 0 .. 1, times 255, rounded half to even (ATen: models/pixels.cpp).
RUSHES_BODY inline std::uint8_t byte_of(float unit) {
    return static_cast<std::uint8_t>(rintf(fminf(fmaxf(unit, 0), 1) * 255));
}

/// A row is 32 numbers of a picture around -1 .. 1; out the same in bytes.
template <typename Number>
struct ToBytes {
    const Number* x;
    std::uint8_t* out;
    std::int64_t count; ///< of all rows

    template <typename Warp>
    RUSHES_BODY void operator()(Warp warp, std::int64_t row) const {
        warp.each([&](int lane) {
            const std::int64_t i = row * warp_lanes + lane;
            if (i < count) {
                out[i] = byte_of(wide(x[i]) * 0.5F + 0.5F);
            }
        });
    }
};

/// A row is 32 blocks of 2 x 2 pixels of an RGB picture in bytes: luma for each pixel, and blue and red
/// differences for each block, of the mean of its pixels, side by side (NV12). BT.709, limited range: luma 16
/// to 235, differences 16 to 240 (ITU-R BT.709-6, 3.2 to 3.5). Width and height are even.
struct RgbToNv12 {
    const std::uint8_t* rgb;
    std::uint8_t* luma;        ///< [height, width]
    std::uint8_t* differences; ///< [height / 2, width]
    std::int64_t width;
    std::int64_t height;

    template <typename Warp>
    RUSHES_BODY void operator()(Warp warp, std::int64_t row) const {
        warp.each([&](int lane) {
            const std::int64_t block = row * warp_lanes + lane;
            const std::int64_t across = width / 2;
            if (block >= across * (height / 2)) {
                return;
            }
            const std::int64_t top = block / across * 2;
            const std::int64_t left = block % across * 2;
            float red = 0;
            float green = 0;
            float blue = 0;
            for (int corner = 0; corner < 4; ++corner) {
                const std::int64_t pixel = (top + corner / 2) * width + left + corner % 2;
                const float r = rgb[3 * pixel];
                const float g = rgb[3 * pixel + 1];
                const float b = rgb[3 * pixel + 2];
                luma[pixel] = static_cast<std::uint8_t>(rintf(16 + luma_of(r, g, b) * (219.0F / 255)));
                red += r / 4;
                green += g / 4;
                blue += b / 4;
            }
            const float y = luma_of(red, green, blue);
            std::uint8_t* const pair = differences + block / across * width + left;
            pair[0] = static_cast<std::uint8_t>(rintf(128 + (blue - y) / 1.8556F * (224.0F / 255)));
            pair[1] = static_cast<std::uint8_t>(rintf(128 + (red - y) / 1.5748F * (224.0F / 255)));
        });
    }

    RUSHES_BODY static float luma_of(float r, float g, float b) {
        return 0.2126F * r + 0.7152F * g + 0.0722F * b;
    }
};

/// A row is 32 pixels of latents [channels, pixels]: their colours by a linear map, in bytes [pixels, 3]
/// (ATen: models/latent_rgb.cpp).
struct LatentToRgb {
    const float* latents;
    std::uint8_t* out;
    const float* weight; ///< [3, channels]
    const float* bias;   ///< [3]
    std::int64_t channels;
    std::int64_t pixels;

    template <typename Warp>
    RUSHES_BODY void operator()(Warp warp, std::int64_t row) const {
        warp.each([&](int lane) {
            const std::int64_t pixel = row * warp_lanes + lane;
            if (pixel >= pixels) {
                return;
            }
            for (int colour = 0; colour < 3; ++colour) {
                float sum = bias[colour];
                for (std::int64_t c = 0; c < channels; ++c) {
                    sum += weight[colour * channels + c] * latents[c * pixels + pixel];
                }
                out[3 * pixel + colour] = byte_of(sum);
            }
        });
    }
};

} // namespace rushes::cuda
