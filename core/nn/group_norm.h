// torch.nn.GroupNorm for features [frames, height, width, channels], with what stands around it in a UNet.
#pragma once

#include "nn/convolution.h"
#include "nn/weights/weight_store.h"

#include <cstdint>
#include <stop_token>

#include <ATen/core/Tensor.h>

namespace rushes {

class GroupNorm {
public:
    GroupNorm() = default;
    GroupNorm(at::Tensor weight, at::Tensor bias, std::int64_t groups, double eps);
    GroupNorm(const Weights& weights, std::int64_t channels, std::int64_t groups, double eps);

    /// Which numbers share a mean: those of a group in one frame, or in `frames` frames that follow each
    /// other (motion modules as diffusers has them).
    struct Options {
        std::int64_t frames = 1;
        bool silu = false;
        at::Tensor offset = {}; ///< [channels], added to x first; or undefined
        Backend backend = Backend::fastest;
    };

    /// x [N, ..., channels], contiguous; N a multiple of the frames. Statistics in fp64 sums of fp32. Throws
    /// Stopped before each work unit.
    at::Tensor forward(const at::Tensor& x, const Options& options, const std::stop_token& stop = {}) const;

    at::Tensor forward(const at::Tensor& x, const std::stop_token& stop = {}) const {
        return forward(x, Options(), stop);
    }

    /// silu(forward(x + offset)).
    at::Tensor
    silu(const at::Tensor& x, const at::Tensor& offset = {}, const std::stop_token& stop = {}) const;

private:
    at::Tensor reference(const at::Tensor& x, const Options& options) const;
    at::Tensor by_kernel(const at::Tensor& x, const Options& options) const;

    at::Tensor weight_; ///< [channels]
    at::Tensor bias_;
    std::int64_t groups_ = 1;
    double eps_ = 1e-5;
};

} // namespace rushes
