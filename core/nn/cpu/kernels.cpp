#include "nn/cpu/kernels.h"

#include <algorithm>
#include <bit>
#include <cmath>

// One function body, compiled for each of these instruction sets; the loader picks (GCC and Clang on ELF
// systems). Features and not "arch=haswell", which GCC takes for that maker's very model. The sanitizers'
// runtimes are not ready yet when the loader asks.
#if defined(__x86_64__) && defined(__ELF__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define RUSHES_CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define RUSHES_CLONES
#endif

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

/// e^x to about 2 units in the last place, in operations that vectorise. x is cut to a range whose results
/// are normal numbers. Method: x = n ln 2 + r, |r| <= ln 2 / 2, Taylor polynomial of degree 7 for e^r, 2^n by
/// the exponent's bits.
[[gnu::always_inline]] inline float fast_exp(float x) {
    constexpr float round_to_integer = 12582912.0F; // 1.5 * 2^23: the sum's low bits are the rounded integer
    x = std::min(std::max(x, -87.0F), 88.0F);
    const float shifted = x * 1.44269504F + round_to_integer;
    const float n = shifted - round_to_integer;
    const float r =
        (x - n * 0.693359375F) + n * 2.12194440e-4F; // ln 2 in two parts, the first exact in n * part
    float p = 1.0F / 5040.0F;
    p = p * r + 1.0F / 720.0F;
    p = p * r + 1.0F / 120.0F;
    p = p * r + 1.0F / 24.0F;
    p = p * r + 1.0F / 6.0F;
    p = p * r + 0.5F;
    p = p * r + 1.0F;
    p = p * r + 1.0F;
    const std::uint32_t exponent = (std::bit_cast<std::uint32_t>(shifted) << 23U) + 0x3f800000U;
    return p * std::bit_cast<float>(exponent);
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
