// What config.json of a CLIP text encoder says, and what its tensors are called; no libtorch.
#pragma once

#include "nn/weights/safetensors_writer.h"
#include "nn/weights/weight_names.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace rushes {

/// config.json of the text encoder.
struct ClipConfig {
    enum class Activation {
        quick_gelu, ///< x * sigmoid(1.702 x)
        gelu,
    };

    std::int64_t vocab_size = 0;
    std::int64_t hidden_size = 0;
    std::int64_t intermediate_size = 0;
    std::int64_t layers = 0;
    std::int64_t heads = 0;
    std::int64_t positions = 77; ///< longest text
    Activation activation = Activation::quick_gelu;
    double layer_norm_eps = 1e-5;
    std::int64_t projection_dim = 0; ///< 0: no projection of the pooled text
    std::int64_t end_id =
        2; ///< whose first place is pooled; 2: the largest id's place, as older files have it

    bool operator==(const ClipConfig&) const = default;
};

/// Throws Error{user}: another class, a missing number, an activation that is not supported.
ClipConfig read_clip_config(const std::filesystem::path& directory);

/// The text encoder of Stable Diffusion 1.x.
ClipConfig clip_large();

/// That of 2.x and SD-Turbo: OpenCLIP's ViT-H without its last layer.
ClipConfig clip_huge();

/// The second one of SDXL: OpenCLIP's ViT-bigG, with its projection.
ClipConfig clip_big();

/// config.json of such an encoder, as read_clip_config() takes it.
std::string clip_config_text(const ClipConfig& config);

/// The tensors of such an encoder, as transformers names them.
std::vector<TensorShape> clip_tensors(const ClipConfig& config, TensorDtype dtype);

/// Names with "text_model." in front, as most files have them, and those of a checkpoint that holds the
/// encoder beside other networks.
WeightNames clip_names();

/// The same, and OpenCLIP's names, as checkpoints of SDXL have them for the second encoder: query, key and
/// value in one weight, and the projection with its dimensions swapped.
WeightNames open_clip_names();

} // namespace rushes
