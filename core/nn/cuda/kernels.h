// The CUDA kernels, with the ATen version beside each user of one. No ATen here nor in the .cu files: nvcc
// takes a minute with it.
#pragma once

#include <cstdint>

namespace rushes::cuda {

#ifdef RUSHES_CUDA
constexpr bool built = true;
#else
constexpr bool built = false; ///< without nvcc: the ATen versions serve, and nothing below exists
#endif

/// Where a kernel runs: the number of the device, and a cudaStream_t of it.
struct Place {
    int device = 0;
    void* stream = nullptr;
};

/// x and out: [pixels, channels] in the device's memory, contiguous, may be the same. gain: [channels], there
/// too. out = silu(x / max(|x|, 1e-12) * gain), |x| the root of the sum of squares over a pixel's channels.
/// Returns at once; throws std::runtime_error when the kernel cannot be started.
void norm_silu(
    const float* x,
    float* out,
    const float* gain,
    std::int64_t pixels,
    std::int64_t channels,
    const Place& place
);

} // namespace rushes::cuda
