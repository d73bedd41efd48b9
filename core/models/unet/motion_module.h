// The temporal layers between the blocks of a UNet that makes clips (Guo et al., arXiv 2307.04725, as
// diffusers 0.42 has them in unet_motion_model.py): every pixel looks at itself in all frames, two times,
// with the frame's position added before.
#pragma once

#include "models/unet/transformer.h"

#include <cstdint>
#include <stop_token>

#include <ATen/core/Tensor.h>

namespace rushes {

// Note [windows]
// A clip that is longer than what the modules were trained on is seen in overlapping windows (FreeNoise, Qiu
// et al., arXiv 2310.15169; FreeNoiseTransformerBlock of diffusers 0.42): each window of `window` frames goes
// through both attentions with positions from 0, and a frame becomes the mean of what the windows that it
// lies in say, weighed 1, 2, 3 ... 3, 2, 1 from their ends. They begin every `window_stride` frames; one more
// ends with the clip, where the last of them does not, and counts only for the frames that no other reaches.
// (diffusers divides those by the weight of the first of them, so that they fade; here each keeps its
// numbers.)
inline constexpr std::int64_t window_stride = 4; ///< frames

/// Of a clip's frames, how the motion modules look at them.
struct MotionRun {
    std::int64_t frames = 1;
    std::int64_t window = 0; ///< frames of a window; 0, or no less than `frames`: all at once
    double scale = 1;        ///< the motion scale: what multiplies a module's change (1: as trained)
};

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

    /// x [N, h, w, channels], of the same shape again; every `frames` of them are a clip. Throws Error{user}
    /// for more frames at once than the positions reach; Stopped before each work unit.
    at::Tensor forward(const at::Tensor& x, const MotionRun& run, const std::stop_token& stop) const;

private:
    at::Tensor related(at::Tensor h, const std::stop_token& stop) const;
    at::Tensor
    related_by_windows(const at::Tensor& h, std::int64_t window, const std::stop_token& stop) const;
    at::Tensor
    attended(const AttentionLayer& attention, const at::Tensor& normed, const std::stop_token& stop) const;
};

} // namespace rushes
