// The CPU kernels behind ChannelNorm, RmsNorm and gelu_tanh_: one pass over memory instead of six. No ATen
// here; the twins are in channel_norm.cpp and layers.cpp.
#pragma once

#include <cstdint>

namespace rushes::cpu {

/// x and out: [pixels, channels], contiguous, may be the same. gain: [channels].
/// out = y or silu(y) with y = x / max(|x|, 1e-12) * gain, |x| the root of the sum of squares over a pixel's
/// channels.
void norm(const float* x, float* out, const float* gain, std::int64_t pixels, std::int64_t channels);
void norm_silu(const float* x, float* out, const float* gain, std::int64_t pixels, std::int64_t channels);

/// out = x / sqrt(mean(x^2) + eps) * gain over the `size` numbers of each row. Rows of x begin `stride`
/// numbers apart, those of out are dense. gain: [size].
void rms_norm(
    const float* x,
    std::int64_t stride,
    float* out,
    const float* gain,
    float eps,
    std::int64_t rows,
    std::int64_t size
);

/// x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3))), in place.
void gelu_tanh(float* x, std::int64_t count);

} // namespace rushes::cpu
