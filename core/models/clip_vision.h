// The image encoder of CLIP (transformers 5, modeling_clip.py, CLIPVisionModel), as far as models that start
// from a picture use it: the states before the last layer.
#pragma once

#include "base/frame.h"
#include "models/clip_vision_config.h"
#include "nn/layers.h"
#include "nn/weights/weight_store.h"
#include "text/clip_encoder.h"

#include <filesystem>
#include <stop_token>
#include <vector>

#include <ATen/core/Tensor.h>

namespace rushes {

/// As CLIPImageProcessor prepares pictures: the shorter side to the network's size (bicubic, Pillow's
/// numbers), the middle of the longer one, normalised; [1, 3, size, size], fp32 on the CPU.
at::Tensor clip_pixels(const Frame& picture, const ClipVisionConfig& config, const ClipPixels& pixels);

class ClipVision {
public:
    /// The root scope of an image_encoder directory; names with and without "vision_model." in front.
    ClipVision(const Weights& weights, const ClipVisionConfig& config);

    /// pixels [1, 3, size, size] -> hidden_states[-2], [1, tokens, hidden]. Throws Stopped before each work
    /// unit.
    at::Tensor forward(const at::Tensor& pixels, const std::stop_token& stop = {}) const;

private:
    ClipVisionConfig config_;
    at::TensorOptions options_;
    Linear patch_embedding_;        ///< the convolution as a product over patches
    at::Tensor class_embedding_;    ///< hidden numbers
    at::Tensor position_embedding_; ///< [tokens, hidden], or [1, tokens, hidden]
    LayerNorm pre_norm_;
    std::vector<ClipBlock> blocks_; ///< all but the last
};

/// Reads the weights of an image_encoder directory. Throws Error{user}; Stopped.
ClipVision load_clip_vision(
    const std::filesystem::path& directory, const ClipVisionConfig& config, WeightOptions options
);

} // namespace rushes
