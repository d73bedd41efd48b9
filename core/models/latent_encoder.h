// The other direction of a decoder (pipeline.h): pictures of a run's inputs to latents.
#pragma once

#include "nn/work_unit.h"

#include <stop_token>

#include <ATen/core/Tensor.h>

namespace rushes {

/// Encodes a clip in time order, with memory that does not grow with it.
class LatentEncoder {
public:
    virtual ~LatentEncoder() = default;

    /// frames: uint8 [N, H, W, 3], or floating point [1, 3, N, H, W] in -1..1; as many as the model's next
    /// latent frame stands for (Lattice::frames_of), sizes on its lattice. Returns the mode of the latents,
    /// normalised, fp32 (fp64 for fp64): [1, C, n, h, w]. Throws Stopped; Error{user} for another shape.
    virtual at::Tensor
    encode_next(const at::Tensor& frames, std::stop_token stop, const ShareDone& done = {}) = 0;
};

} // namespace rushes
