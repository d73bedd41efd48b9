// The pipeline of the Stable Diffusion family: CLIP, UNet, autoencoder; clips with motion modules, and
// stills.
#pragma once

#include "models/pipeline.h"
#include "models/unet/kl_vae_config.h"
#include "models/unet/unet_config.h"
#include "nn/weights/weight_names.h"
#include "schedulers/scheduler_config.h"

#include <cstdint>
#include <map>
#include <memory>
#include <stop_token>
#include <string>

namespace rushes {

/// What a family read from the configs of its directory.
struct DiffusionModel {
    UNetConfig unet;
    KlVaeConfig vae;
    SchedulerConfig scheduler;
    std::int64_t window = 0; ///< frames that motion modules see at once; 0: there are none
    /// What each component's tensors may be called: unet, vae, text_encoder, text_encoder_2 where there are
    /// two, and motion_adapter where the motion modules are not in the UNet's own files.
    std::map<std::string, WeightNames> names;
    bool zero_empty_negative = false; ///< of two text encoders: no negative prompt is zeros
    std::map<std::string, SchedulerConfig> students = {}; ///< by the names of schedulers that are a LoRA's

    bool two_encoders() const { return names.contains("text_encoder_2"); }

    /// Throws Error{user} for a name that it does not have.
    SchedulerConfig solver(const std::string& name) const;
};

/// Throws Error{user}; Stopped.
std::unique_ptr<Pipeline> load_diffusion(
    const ModelInfo& info, DiffusionModel model, const LoadOptions& options, const std::stop_token& stop
);

} // namespace rushes
