// Directories of Stable Diffusion for stills: 1.x, 2.x, Turbo, as StableDiffusionPipeline of diffusers 0.42
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

namespace rushes::stable_diffusion {

struct PipelineConfig {
    UNetConfig unet;
    KlVaeConfig vae;
    SchedulerConfig scheduler;
    int side = 512; ///< pixels of the square pictures that it was trained on

    /// Sides of pictures are multiples of it.
    int size_multiple() const { return static_cast<int>(unet.stride() * vae.stride()); }

    /// Distilled to one or a few steps (Turbo): its scheduler takes them from the end.
    bool distilled() const {
        return (scheduler.kind == SchedulerConfig::Kind::euler ||
                scheduler.kind == SchedulerConfig::Kind::euler_ancestral) &&
               scheduler.spacing == SchedulerConfig::Spacing::trailing;
    }
};

/// Reads all configs and checks that the components belong together. Throws Error{user}.
PipelineConfig read_pipeline_config(const std::filesystem::path& directory, const JsonConfig& index);

/// What each component's tensors may be called.
std::map<std::string, WeightNames> component_names(const PipelineConfig& config);

} // namespace rushes::stable_diffusion
