// What a run starts from besides its text, on its way to the transformer (prepare_latents of diffusers 0.42,
// pipelines/wan/pipeline_wan_i2v.py).
#pragma once

#include "models/latent_encoder.h"
#include "models/pass.h"
#include "models/run_inputs.h"
#include "nn/work_unit.h"

#include <cstdint>
#include <functional>
#include <memory>
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

// Note [a masked clip]
// VACE sees a clip in which some frames are given and the others, those to be made, are grey; and of it the
// latents of what is given, those of what is not (here nothing but grey), and for each latent the mask of
// the pixels that it stands for, 1 where they are to be made. The mask is brought to the rate of latent
// frames by taking one frame of four, as the reference does: of one given frame nothing of it may be left.
/// For a clip of `frames` frames of which pictures.first are the first and pictures.last is the last, where
/// there are any (prepare_video_latents and prepare_masks of diffusers 0.42, pipeline_wan_vace.py, without
/// reference images): [1, 2 * C + stride * stride, T, h, w].
at::Tensor control_channels(
    const std::function<std::unique_ptr<LatentEncoder>()>& new_encoder,
    const StartPictures& pictures,
    int frames,
    const PictureSetting& setting,
    const std::stop_token& stop,
    const ShareDone& done = {}
);

} // namespace rushes::wan
