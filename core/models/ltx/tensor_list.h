// The tensors that checkpoints of these configs hold, in diffusers' names; no libtorch.
#pragma once

#include "models/ltx/config.h"
#include "models/ltx/vae_config.h"
#include "nn/weights/safetensors_writer.h"

#include <vector>

namespace rushes::ltx {

std::vector<TensorShape> transformer_tensors(const TransformerConfig& config, TensorDtype dtype);
std::vector<TensorShape> vae_tensors(const VaeConfig& config, TensorDtype dtype);

} // namespace rushes::ltx
