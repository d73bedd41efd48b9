// What the networks of the Stable Diffusion family are called in the files that creators have: one checkpoint
// with UNet, autoencoder and text encoder (CompVis/stable-diffusion), and motion modules as their authors
// save them (motion_module.py of github.com/guoyww). No libtorch here.
#pragma once

#include "models/unet/kl_vae_config.h"
#include "models/unet/unet_config.h"
#include "nn/weights/weight_names.h"

#include <array>
#include <string_view>

namespace rushes {

WeightNames unet_names(const UNetConfig& config);

WeightNames kl_vae_names(const KlVaeConfig& config);

WeightNames motion_names();

/// Motion modules hold their table of positions twice, once for each attention: this is the second.
inline constexpr std::array<std::string_view, 1> repeated_positions{"repeated_positions"};

} // namespace rushes
