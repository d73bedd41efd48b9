#include "nn/cuda/kernels.h"

#include <stdexcept>
#include <string>

namespace rushes::cuda {
namespace {

constexpr int warp = 32;
constexpr int warps_per_block = 8;
constexpr unsigned all_lanes = 0xffffffffU;

/// A warp for each pixel: neighbouring lanes read neighbouring channels, and the second reading finds them in
/// the cache.
__global__ void
norm_silu_kernel(const float* x, float* out, const float* gain, std::int64_t pixels, std::int64_t channels) {
    const std::int64_t pixel = std::int64_t{blockIdx.x} * warps_per_block + threadIdx.x / warp;
    if (pixel >= pixels) {
        return; // the whole warp
    }
    const int lane = static_cast<int>(threadIdx.x % warp);
    const float* const source = x + pixel * channels;
    float* const target = out + pixel * channels;
    float square = 0;
    for (std::int64_t c = lane; c < channels; c += warp) {
        square += source[c] * source[c];
    }
    for (int distance = warp / 2; distance > 0; distance /= 2) {
        square += __shfl_xor_sync(all_lanes, square, distance);
    }
    const float length = fmaxf(sqrtf(square), 1e-12F);
    for (std::int64_t c = lane; c < channels; c += warp) {
        const float y = source[c] / length * gain[c];
        target[c] = y / (1 + expf(-y));
    }
}

void check(cudaError_t error) {
    if (error != cudaSuccess) {
        throw std::runtime_error(std::string("CUDA kernel norm_silu: ") + cudaGetErrorString(error));
    }
}

} // namespace

void norm_silu(
    const float* x,
    float* out,
    const float* gain,
    std::int64_t pixels,
    std::int64_t channels,
    const Place& place
) {
    if (pixels == 0) {
        return;
    }
    check(cudaSetDevice(place.device));
    const auto blocks = static_cast<unsigned>((pixels + warps_per_block - 1) / warps_per_block);
    norm_silu_kernel<<<blocks, warps_per_block * warp, 0, static_cast<cudaStream_t>(place.stream)>>>(
        x, out, gain, pixels, channels
    );
    check(cudaGetLastError());
}

} // namespace rushes::cuda
