// The convolutional block of UNet and autoencoder (ResnetBlock2D of diffusers 0.42): two times group norm,
// SiLU and a 3x3 convolution, the time in between, and the input added.
#pragma once

#include "nn/conv2d.h"
#include "nn/group_norm.h"
#include "nn/layers.h"

#include <cstdint>
#include <optional>
#include <stop_token>

#include <ATen/core/Tensor.h>

namespace rushes {

struct ResnetShape {
    std::int64_t in = 0;
    std::int64_t out = 0;
    std::int64_t time = 0; ///< width of the time embedding; 0: none
    std::int64_t groups = 32;
    double eps = 1e-5;
};

struct ResnetBlock {
    GroupNorm norm1;
    Conv2d conv1;
    std::optional<Linear> time_emb_proj;
    GroupNorm norm2;
    Conv2d conv2;
    std::optional<Linear> conv_shortcut; ///< 1x1, where the channels change

    ResnetBlock(const Weights& weights, const ResnetShape& shape);

    /// x [N, h, w, in] -> [N, h, w, out]. `time` is silu(embedding) [1, time], one for all frames, or
    /// undefined. Throws Stopped before each work unit.
    at::Tensor forward(const at::Tensor& x, const at::Tensor& time, const std::stop_token& stop) const;
};

} // namespace rushes
