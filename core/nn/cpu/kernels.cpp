#include "nn/cpu/kernels.h"

#include "nn/cpu/simd.h"

#include <algorithm>
#include <cmath>

namespace rushes::cpu {
namespace {

[[gnu::always_inline]] inline float sum_of_squares(const float* x, std::int64_t size) {
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (std::int64_t i = 0; i < size; ++i) {
        sum += x[i] * x[i];
    }
    return sum;
}

[[gnu::always_inline]] inline float norm_scale(const float* x, std::int64_t channels) {
    return 1.0F / std::max(std::sqrt(sum_of_squares(x, channels)), 1e-12F);
}

} // namespace

RUSHES_CLONES void
norm(const float* x, float* out, const float* gain, std::int64_t pixels, std::int64_t channels) {
    for (std::int64_t p = 0; p < pixels; ++p) {
        const float* in = x + p * channels;
        float* y = out + p * channels;
        const float scale = norm_scale(in, channels);
#pragma omp simd
        for (std::int64_t c = 0; c < channels; ++c) {
            y[c] = in[c] * scale * gain[c];
        }
    }
}

RUSHES_CLONES void
norm_silu(const float* x, float* out, const float* gain, std::int64_t pixels, std::int64_t channels) {
    // A block stays in the first-level cache between its two loops; the second one is long, whatever the
    // channels.
    const std::int64_t block = std::max<std::int64_t>(1, 2048 / channels);
    for (std::int64_t first = 0; first < pixels; first += block) {
        const std::int64_t count = std::min(block, pixels - first);
        float* y = out + first * channels;
        for (std::int64_t p = 0; p < count; ++p) {
            const float* in = x + (first + p) * channels;
            const float scale = norm_scale(in, channels);
#pragma omp simd
            for (std::int64_t c = 0; c < channels; ++c) {
                y[p * channels + c] = in[c] * scale * gain[c];
            }
        }
#pragma omp simd
        for (std::int64_t i = 0; i < count * channels; ++i) {
            y[i] = y[i] / (1.0F + fast_exp(-y[i]));
        }
    }
}

RUSHES_CLONES void rms_norm(
    const float* x,
    std::int64_t stride,
    float* out,
    const float* gain,
    float eps,
    std::int64_t rows,
    std::int64_t size
) {
    for (std::int64_t row = 0; row < rows; ++row) {
        const float* in = x + row * stride;
        float* y = out + row * size;
        const float scale = 1.0F / std::sqrt(sum_of_squares(in, size) / static_cast<float>(size) + eps);
#pragma omp simd
        for (std::int64_t i = 0; i < size; ++i) {
            y[i] = in[i] * scale * gain[i];
        }
    }
}

RUSHES_CLONES void gelu_tanh(float* x, std::int64_t count) {
    constexpr float minus_2_root = -1.59576912F; // -2 sqrt(2 / pi)
#pragma omp simd
    for (std::int64_t i = 0; i < count; ++i) {
        const float y = x[i];
        // (1 + tanh(u)) / 2 = 1 / (1 + e^-2u)
        x[i] = y / (1.0F + fast_exp(minus_2_root * (y + 0.044715F * y * y * y)));
    }
}

} // namespace rushes::cpu
