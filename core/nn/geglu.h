// The feed-forward layer of diffusers' transformer blocks: a linear layer to twice the width, one half times
// the GELU of the other (Shazeer, "GLU Variants Improve Transformer", arXiv 2002.05202), and a linear layer
// back.
#pragma once

#include "nn/convolution.h"
#include "nn/layers.h"

#include <cstdint>
#include <stop_token>

#include <ATen/core/Tensor.h>

namespace rushes {

/// x [..., 2 * size] -> [..., size]: the first half times gelu(second half), gelu with the error function.
at::Tensor geglu(const at::Tensor& x, Backend backend = Backend::fastest);

struct GegluFeedForward {
    Linear proj; ///< "net.0.proj"
    Linear out;  ///< "net.2"

    GegluFeedForward(const Weights& weights, std::int64_t size, std::int64_t inner);
    /// Throws Stopped before each work unit.
    at::Tensor forward(const at::Tensor& x, const std::stop_token& stop) const;
};

} // namespace rushes
