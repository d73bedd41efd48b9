// The CPU kernel behind ChannelNorm: one pass over memory instead of six. No ATen here; the twin is in
// channel_norm.cpp.
#pragma once

#include <cstdint>

namespace rushes::cpu {

/// x and out: [pixels, channels], contiguous, may be the same. gain: [channels].
/// out = y or silu(y) with y = x / max(|x|, 1e-12) * gain, |x| the root of the sum of squares over a pixel's
/// channels.
void norm(const float* x, float* out, const float* gain, std::int64_t pixels, std::int64_t channels);
void norm_silu(const float* x, float* out, const float* gain, std::int64_t pixels, std::int64_t channels);

} // namespace rushes::cpu
