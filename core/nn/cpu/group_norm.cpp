#include "nn/cpu/group_norm.h"

#include "nn/cpu/simd.h"

#include <cmath>
#include <vector>

namespace rushes::cpu {
namespace {

/// x / 2 * (1 + erf(x / sqrt 2)), erf to 1.5e-7 (Abramowitz and Stegun, "Handbook of Mathematical Functions",
/// 7.1.26).
[[gnu::always_inline]] inline float gelu(float x) {
    const float u = std::fabs(x) * 0.707106781F;
    const float t = 1.0F / (1.0F + 0.3275911F * u);
    float p = 1.061405429F;
    p = p * t - 1.453152027F;
    p = p * t + 1.421413741F;
    p = p * t - 0.284496736F;
    p = p * t + 0.254829592F;
    const float tail = p * t * fast_exp(-u * u); // 1 - erf(u)
    const float both = x >= 0 ? 2.0F - tail : tail;
    return 0.5F * x * both;
}

} // namespace

RUSHES_CLONES void channel_sums(
    const float* x,
    const float* offset,
    const float* pivot,
    double* sum,
    double* square,
    std::int64_t rows,
    std::int64_t channels
) {
    constexpr std::int64_t block = 32; // rows that fp32 adds up
    std::vector<float> part(static_cast<std::size_t>(2 * channels));
    float* const s = part.data();
    float* const q = s + channels;
    std::fill(sum, sum + channels, 0.0);
    std::fill(square, square + channels, 0.0);
    for (std::int64_t first = 0; first < rows; first += block) {
        std::fill(part.begin(), part.end(), 0.0F);
        for (std::int64_t row = first; row < std::min(first + block, rows); ++row) {
            const float* in = x + row * channels;
#pragma omp simd
            for (std::int64_t c = 0; c < channels; ++c) {
                const float d = in[c] - pivot[c];
                s[c] += d;
                q[c] += d * d;
            }
        }
#pragma omp simd
        for (std::int64_t c = 0; c < channels; ++c) {
            sum[c] += double{s[c]};
            square[c] += double{q[c]};
        }
    }
    if (offset != nullptr) { // sum (d + o)^2 = sum d^2 + 2 o sum d + n o^2
        const auto n = static_cast<double>(rows);
        for (std::int64_t c = 0; c < channels; ++c) {
            const double o = offset[c];
            square[c] += 2 * o * sum[c] + n * o * o;
            sum[c] += n * o;
        }
    }
}

RUSHES_CLONES void scale_shift(
    const float* x,
    float* out,
    const float* centre,
    const float* scale,
    const float* shift,
    std::int64_t rows,
    std::int64_t channels,
    bool silu
) {
    for (std::int64_t row = 0; row < rows; ++row) {
        const float* in = x + row * channels;
        float* y = out + row * channels;
        if (silu) {
#pragma omp simd
            for (std::int64_t c = 0; c < channels; ++c) {
                const float v = (in[c] - centre[c]) * scale[c] + shift[c];
                y[c] = v / (1.0F + fast_exp(-v));
            }
        } else {
#pragma omp simd
            for (std::int64_t c = 0; c < channels; ++c) {
                y[c] = (in[c] - centre[c]) * scale[c] + shift[c];
            }
        }
    }
}

RUSHES_CLONES void geglu(const float* x, float* out, std::int64_t rows, std::int64_t size) {
    for (std::int64_t row = 0; row < rows; ++row) {
        const float* value = x + row * 2 * size;
        const float* gate = value + size;
        float* y = out + row * size;
#pragma omp simd
        for (std::int64_t i = 0; i < size; ++i) {
            y[i] = value[i] * gelu(gate[i]);
        }
    }
}

} // namespace rushes::cpu
