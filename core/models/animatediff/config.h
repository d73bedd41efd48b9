// The directories that AnimateDiff comes in: one that AnimateDiffPipeline of diffusers wrote, with its
// UNetMotionModel saved whole, and a directory of Stable Diffusion 1.5 with a motion adapter's folder in it,
// motion_adapter. No libtorch here.
#pragma once

#include "models/unet/kl_vae_config.h"
#include "models/unet/unet_config.h"
#include "nn/weights/weight_names.h"
#include "schedulers/scheduler_config.h"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

namespace rushes::animatediff {

struct PipelineConfig {
    UNetConfig unet;
    KlVaeConfig vae;
    SchedulerConfig scheduler;
    bool adapter_beside = false; ///< the motion modules are in motion_adapter, not in unet

    /// Frames that the motion modules see at once: what they were trained on, or fewer where they know fewer.
    std::int64_t window() const { return std::min<std::int64_t>(16, unet.motion->max_frames); }

    /// Sides of pictures are multiples of it.
    int size_multiple() const { return static_cast<int>(unet.stride() * vae.stride()); }
};

/// Reads all configs and checks that the components belong together. Throws Error{user}.
PipelineConfig read_pipeline_config(const std::filesystem::path& directory, const JsonConfig& index);

/// What each component's tensors may be called.
std::map<std::string, WeightNames> component_names(const PipelineConfig& config);

} // namespace rushes::animatediff
