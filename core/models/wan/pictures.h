// What a run starts from besides its text, on its way to the transformer (prepare_latents of diffusers 0.42,
// pipelines/wan/pipeline_wan_i2v.py).
#pragma once

#include "models/latent_encoder.h"
#include "models/pass.h"
#include "models/run_inputs.h"
#include "nn/work_unit.h"

#include <cstdint>
#include <stop_token>
#include <vector>

#include <ATen/core/Tensor.h>

namespace rushes::wan {

/// Pictures in their own size.
struct StartPictures {
    std::vector<FramePtr> first; ///< the picture, or the last frames of a clip in time order; empty: none
    FramePtr last;               ///< that the clip ends with; null: none

    bool empty() const { return first.empty(); }
};

/// Of a clip only its last `most` frames, and of those 4 k + 1: what a model looks back on.
StartPictures start_pictures(const RunInputs& inputs, std::size_t most);

/// Where the numbers are computed, and the size in pixels that pictures are cropped to.
struct PictureSetting {
    at::Device device;
    int width = 0;
    int height = 0;
};

/// Latents of the pictures that the clip begins with: [1, C, n, h, w]. One for the first frame, one for each
/// four after it.
at::Tensor first_latents(
    LatentEncoder& encoder,
    const std::vector<FramePtr>& frames,
    const PictureSetting& setting,
    const std::stop_token& stop,
    const ShareDone& done = {}
);

/// What stands beside the noise for a clip of `frames` frames: four channels that say which of a latent
/// frame's frames are given (of the first one, all or none), and the latents of the clip that has them where
/// they belong and grey in between. [1, 4 + C, T, h, w]. The first picture is the last of pictures.first.
at::Tensor picture_channels(
    LatentEncoder& encoder,
    const StartPictures& pictures,
    int frames,
    const PictureSetting& setting,
    const std::stop_token& stop,
    const ShareDone& done = {}
);

} // namespace rushes::wan
