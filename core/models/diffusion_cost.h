// What a pass of a UNet of the Stable Diffusion family costs, from the configs. No libtorch here.
#pragma once

#include "models/cost_parts.h"
#include "models/unet/kl_vae_config.h"
#include "models/unet/unet_config.h"

#include <cstdint>

namespace rushes {

struct DiffusionShape {
    UNetConfig unet;
    KlVaeConfig vae;
    std::int64_t window = 0; ///< frames that motion modules see at once; 0: all
};

/// Of the autoencoder's decoder, whatever made the latents.
PhaseCost kl_decode_cost(const KlVaeConfig& vae, const Pass& pass);

/// `weights` holds unet, vae and the text encoders, and motion_adapter where the motion modules are there.
CostOfPass diffusion_cost(DiffusionShape shape, const ComponentWeights& weights);

} // namespace rushes
