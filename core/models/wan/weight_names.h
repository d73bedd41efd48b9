// What the tensors of Wan are called in files that are not in diffusers' layout: Wan's own names, alone, with
// ComfyUI's prefix, or nested as trainers save them (scripts/convert_wan_to_diffusers.py of diffusers 0.42).
#pragma once

#include "models/wan/vae_config.h"
#include "nn/weights/weight_names.h"

namespace rushes::wan {

WeightNames transformer_names();

/// Where Wan 2.1 counts the decoder's layers in one row, their number depends on the config.
WeightNames vae_names(const VaeConfig& config);

} // namespace rushes::wan
