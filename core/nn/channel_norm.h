// The norm of the Wan VAE ("WanRMS_norm" of diffusers, which normalises to length 1 instead of dividing by
// the RMS).
#pragma once

#include "nn/convolution.h"

#include <cstdint>
#include <stop_token>

#include <ATen/core/Tensor.h>

namespace rushes {

/// y = x / max(|x|, 1e-12) * sqrt(channels) * gamma over the last dimension; the sums in fp32 (fp64 for
/// fp64).
class ChannelNorm {
public:
    /// gamma: `channels` values in any shape.
    explicit ChannelNorm(const at::Tensor& gamma, Backend backend = Backend::fastest);

    /// x [..., channels], contiguous.
    at::Tensor forward(const at::Tensor& x) const;

    /// silu(forward(x)), written to `out`, which has x's shape and may be x itself. Throws Stopped before
    /// each work unit.
    void silu_into(const at::Tensor& out, const at::Tensor& x, const std::stop_token& stop = {}) const;

    /// The same of x + bias, with a kernel of ours: has_card_kernels(x). bias [channels], x's type.
    void silu_of_biased_into(const at::Tensor& out, const at::Tensor& x, const at::Tensor& bias) const;

private:
    at::Tensor gamma_; ///< [channels]
    at::Tensor gain_;  ///< [channels]: gamma * sqrt(channels), in the type that the norm computes in
    bool kernel_;      ///< our own kernels may serve where there is one for the device
};

} // namespace rushes
