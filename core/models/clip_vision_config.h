// What the configs of a CLIP image encoder say: the network's (image_encoder/config.json, CLIPVisionConfig of
// transformers 5) and how pictures are prepared for it (preprocessor_config.json, CLIPImageProcessor). No
// libtorch here.
#pragma once

#include "base/json_config.h"
#include "nn/weights/safetensors_writer.h"

#include <array>
#include <cstdint>
#include <vector>

namespace rushes {

struct ClipVisionConfig {
    std::int64_t hidden_size = 768;
    std::int64_t intermediate_size = 3072;
    std::int64_t layers = 12;
    std::int64_t heads = 12;
    std::int64_t image_size = 224; ///< pixels of a side, a multiple of patch_size
    std::int64_t patch_size = 32;
    bool quick_gelu = true; ///< x * sigmoid(1.702 x) in place of the exact one
    double layer_norm_eps = 1e-5;

    /// States of a picture: one of the whole and one of each patch.
    std::int64_t tokens() const { return 1 + (image_size / patch_size) * (image_size / patch_size); }

    bool operator==(const ClipVisionConfig&) const = default;
};

/// Levels of 0..1 as the network takes them: (level - mean) / std.
struct ClipPixels {
    std::array<double, 3> mean{0.48145466, 0.4578275, 0.40821073};
    std::array<double, 3> std{0.26862954, 0.26130258, 0.27577711};
};

/// Throws Error{user}: another class, a number out of range.
ClipVisionConfig read_clip_vision_config(const JsonConfig& config);

/// Throws Error{user} for another size than the network's, or a step that is left out or done otherwise.
ClipPixels read_clip_pixels(const JsonConfig& config, const ClipVisionConfig& network);

/// The tensors of such a checkpoint.
std::vector<TensorShape> clip_vision_tensors(const ClipVisionConfig& config, TensorDtype dtype);

} // namespace rushes
