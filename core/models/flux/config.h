// Directories of FLUX.1-schnell, as FluxPipeline of diffusers 0.42 wrote them. No libtorch here.
#pragma once

#include "base/json_config.h"
#include "models/unet/kl_vae_config.h"
#include "nn/weights/weight_names.h"
#include "schedulers/scheduler_config.h"

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

namespace rushes::flux {

/// transformer/config.json (FluxTransformer2DModel).
struct TransformerConfig {
    std::int64_t heads = 24;
    std::int64_t head_dim = 128;
    std::int64_t channels = 64;      ///< of a token: a square of four latents
    std::int64_t layers = 19;        ///< where text and picture have weights of their own
    std::int64_t single_layers = 38; ///< and where they share them
    std::int64_t text_dim = 4096;
    std::int64_t pooled_dim = 768;
    std::array<std::int64_t, 3> axes{
        16, 56, 56
    }; ///< numbers of a head that are turned: by nothing, row, column

    std::int64_t dim() const { return heads * head_dim; }
};

/// Latents of a token's side.
inline constexpr std::int64_t patch = 2;

struct PipelineConfig {
    TransformerConfig transformer;
    KlVaeConfig vae;
    SchedulerConfig scheduler;

    /// Pieces of a prompt that T5 reads; what is shorter is filled up.
    static constexpr std::int64_t text_tokens = 256;

    /// Sides of pictures are multiples of it.
    int size_multiple() const { return static_cast<int>(patch * vae.stride()); }
};

/// What each component's tensors may be called.
std::map<std::string, WeightNames> component_names(const PipelineConfig& config);

TransformerConfig read_transformer_config(const JsonConfig& config);

/// Reads all configs and checks that the components belong together. Throws Error{user}.
PipelineConfig read_pipeline_config(const std::filesystem::path& directory, const JsonConfig& index);

} // namespace rushes::flux
