#include "nn/cuda/kernels.h"

#include <stdexcept>
#include <string>

namespace rushes::cuda {
namespace {

constexpr int warps_per_block = 8;
constexpr unsigned all_lanes = 0xffffffffU;

struct DeviceWarp {
    template <typename F>
    __device__ void each(F f) const {
        f(static_cast<int>(threadIdx.x % warp_lanes));
    }

    template <typename F>
    __device__ float sum(F f) const {
        float value = f(static_cast<int>(threadIdx.x % warp_lanes));
        for (int distance = warp_lanes / 2; distance > 0; distance /= 2) {
            value += __shfl_xor_sync(all_lanes, value, distance);
        }
        return value;
    }
};

/// A warp for each row: neighbouring lanes read neighbouring numbers, and a second reading finds them in the
/// cache.
template <typename Body>
__global__ void per_row(Body body, std::int64_t rows) {
    const std::int64_t row = std::int64_t{blockIdx.x} * warps_per_block + threadIdx.x / warp_lanes;
    if (row < rows) { // the whole warp
        body(DeviceWarp(), row);
    }
}

void check(cudaError_t error) {
    if (error != cudaSuccess) {
        throw std::runtime_error(std::string("CUDA error: ") + cudaGetErrorString(error));
    }
}

} // namespace

template <typename Body>
void launch(const Body& body, std::int64_t rows, const Place& place) {
    if (rows == 0) {
        return;
    }
    check(cudaSetDevice(place.device));
    const auto blocks = static_cast<unsigned>((rows + warps_per_block - 1) / warps_per_block);
    per_row<<<blocks, warps_per_block * warp_lanes, 0, static_cast<cudaStream_t>(place.stream)>>>(body, rows);
    check(cudaGetLastError());
}

template void launch(const NormSilu<float>&, std::int64_t, const Place&);
template void launch(const NormSilu<Bf16>&, std::int64_t, const Place&);
template void launch(const BiasedSum<float>&, std::int64_t, const Place&);
template void launch(const BiasedSum<Bf16>&, std::int64_t, const Place&);
template void launch(const NormModulate<float>&, std::int64_t, const Place&);
template void launch(const NormModulate<Bf16>&, std::int64_t, const Place&);
template void launch(const Rotate<float>&, std::int64_t, const Place&);
template void launch(const Rotate<Bf16>&, std::int64_t, const Place&);
template void launch(const GatedSum<float>&, std::int64_t, const Place&);
template void launch(const GatedSum<Bf16>&, std::int64_t, const Place&);
template void launch(const ToBytes<float>&, std::int64_t, const Place&);
template void launch(const ToBytes<Bf16>&, std::int64_t, const Place&);
template void launch(const RgbToNv12&, std::int64_t, const Place&);
template void launch(const LatentToRgb&, std::int64_t, const Place&);

} // namespace rushes::cuda
