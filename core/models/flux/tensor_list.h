// The transformer's tensors, as diffusers names them. No libtorch here.
#pragma once

#include "models/flux/config.h"
#include "nn/weights/safetensors_writer.h"

#include <vector>

namespace rushes::flux {

std::vector<TensorShape> transformer_tensors(const TransformerConfig& config, TensorDtype dtype);

} // namespace rushes::flux
