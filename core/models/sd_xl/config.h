// Directories of SDXL for stills: base, Turbo, Lightning, LCM, as StableDiffusionXLPipeline of diffusers 0.42
// wrote them. No libtorch here.
#pragma once

#include "base/json_config.h"
#include "models/unet/kl_vae_config.h"
#include "models/unet/unet_config.h"
#include "nn/weights/weight_names.h"
#include "schedulers/scheduler_config.h"

#include <filesystem>
#include <map>
#include <string>

namespace rushes::sd_xl {

/// The name in recipes of the solver that students of a few steps were distilled with: Euler's steps from the
/// last timestep on. For LoRAs on a model whose own solver is another.
inline constexpr const char* lightning_scheduler = "lightning";

struct PipelineConfig {
    enum class Kind {
        plain,
        adversarial, ///< Turbo, Lightning: Euler's steps from the last timestep on
        consistent,  ///< LCM
    };

    UNetConfig unet;
    KlVaeConfig vae;
    SchedulerConfig scheduler;
    int side = 1024;                  ///< pixels of the square pictures that it was trained on
    bool zero_empty_negative = false; ///< no negative prompt is zeros, not an empty text

    /// Sides of pictures are multiples of it.
    int size_multiple() const { return static_cast<int>(unet.stride() * vae.stride()); }

    /// By the scheduler, which says what kind of model it is.
    Kind kind() const;
};

/// Reads all configs and checks that the components belong together. Throws Error{user}.
PipelineConfig read_pipeline_config(const std::filesystem::path& directory, const JsonConfig& index);

/// What Lightning's students are sampled by, over the model's own noise levels.
SchedulerConfig lightning(const SchedulerConfig& own);

/// What each component's tensors may be called.
std::map<std::string, WeightNames> component_names(const PipelineConfig& config);

} // namespace rushes::sd_xl
