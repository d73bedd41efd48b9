// The tensors that checkpoints of these configs hold, in diffusers' names; no libtorch.
#pragma once

#include "models/wan/config.h"
#include "models/wan/vae_config.h"
#include "nn/weights/safetensors_writer.h"

#include <vector>

namespace rushes::wan {

std::vector<TensorShape> transformer_tensors(const TransformerConfig& config, TensorDtype dtype);
std::vector<TensorShape> vae_tensors(const VaeConfig& config, TensorDtype dtype);

} // namespace rushes::wan
