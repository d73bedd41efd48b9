// The temporal layers between the blocks of a UNet that makes clips (Guo et al., arXiv 2307.04725, as
// diffusers 0.42 has them in unet_motion_model.py): every pixel looks at itself in all frames, two times,
// with the frame's position added before.
#pragma once

#include "models/unet/transformer.h"

#include <cstdint>
#include <stop_token>

#include <ATen/core/Tensor.h>

namespace rushes {

struct MotionModule {
    GroupNorm norm;
    Linear proj_in;
    LayerNorm norm1, norm2, norm3;
    AttentionLayer attn1, attn2;
    GegluFeedForward ff;
    Linear proj_out;
    at::Tensor positions; ///< [max_frames, 1, channels]

    struct Shape {
        std::int64_t channels = 0;
        std::int64_t heads = 8;
        std::int64_t groups = 32;
        std::int64_t max_frames = 32;
    };

    MotionModule(const Weights& weights, const Shape& shape);

    /// x [N, h, w, channels], of the same shape again; every `frames` of them are a clip, with `frames` at
    /// most max_frames. `scale` is the motion scale: what it multiplies the module's change by (1: as
    /// trained). Throws Stopped before each work unit.
    at::Tensor
    forward(const at::Tensor& x, std::int64_t frames, double scale, const std::stop_token& stop) const;

private:
    at::Tensor
    attended(const AttentionLayer& attention, const at::Tensor& normed, const std::stop_token& stop) const;
};

} // namespace rushes
