// Our CUDA kernels beside what ATen makes of the same: which of them are worth their lines.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

namespace rushes {

struct KernelTime {
    std::string name;
    double ours = 0; ///< seconds
    double aten = 0;
};

/// Of a clip of `tokens` tokens of `heads` times 128 numbers, in bf16, on a card; empty where the kernels
/// were not built. `timed` gives the mean seconds of a call.
std::vector<KernelTime> kernel_times(
    at::Device device,
    std::int64_t tokens,
    std::int64_t heads,
    const std::function<double(const std::function<void()>&)>& timed
);

} // namespace rushes
