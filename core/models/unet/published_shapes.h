// The networks of the Stable Diffusion family by their published sizes: config texts, and the names and
// shapes of their tensors as diffusers writes them. For random checkpoints, and for single files, which hold
// no configs. No libtorch here.
#pragma once

#include "models/unet/kl_vae_config.h"
#include "models/unet/unet_config.h"
#include "nn/weights/safetensors_writer.h"

#include <string>
#include <vector>

namespace rushes {

/// Stable Diffusion 1.5 (runwayml, stable-diffusion-v1-5/unet/config.json).
UNetConfig unet_sd15();

/// Stable Diffusion 2.1, and SD-Turbo (stabilityai/sd-turbo).
UNetConfig unet_sd21();

/// The autoencoder of both.
KlVaeConfig kl_vae_sd15();

/// SDXL (stabilityai/stable-diffusion-xl-base-1.0), and Turbo and Lightning with it.
UNetConfig unet_sdxl();
KlVaeConfig kl_vae_sdxl();

/// A motion adapter for it: v3, or v2 with a module in the middle.
MotionConfig motion_sd15(bool mid_block);

/// As read_unet_config() takes it; without motion modules.
std::string unet_config_text(const UNetConfig& config);
std::string kl_vae_config_text(const KlVaeConfig& config);
std::string motion_config_text(const MotionConfig& config);

std::vector<TensorShape> unet_tensors(const UNetConfig& config, TensorDtype dtype);
std::vector<TensorShape> kl_vae_tensors(const KlVaeConfig& config, TensorDtype dtype);
std::vector<TensorShape> motion_tensors(const MotionConfig& config, TensorDtype dtype);

} // namespace rushes
