// Where each token of an LTX-Video clip lies (LTXVideoRotaryPosEmbed of diffusers 0.42): rotations by its
// place in seconds and pixels, over all heads at once.
#pragma once

#include "base/frame.h"
#include "models/full_sequence.h"
#include "models/ltx/config.h"
#include "nn/rotary.h"

#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

namespace rushes::ltx {

/// Of latents of this shape, at this frame rate: tokens in the order frame, row, column; the table is
/// [tokens, 1, dim / 2]. LTXConditionPipeline lets the first latent frame begin where its one video frame
/// lies; the first pipelines place latent frames evenly. `before`: frames of the clip that latents show which
/// stand before those of the clip.
RotaryTable rotary_table(
    const PipelineConfig& config,
    const LatentShape& shape,
    FrameRate frame_rate,
    const at::TensorOptions& options,
    const std::vector<std::int64_t>& before = {}
);

} // namespace rushes::ltx
