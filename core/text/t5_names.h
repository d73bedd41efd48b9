// What the tensors of a T5 or UMT5 encoder are called in the files of others; no libtorch.
#pragma once

#include "nn/weights/weight_names.h"

namespace rushes {

/// The names of transformers are our own. The others are those of the encoder that video models bring along
/// as models_t5_umt5-xxl-enc-bf16.pth, and of llama.cpp's GGUF files; either may lie in a larger checkpoint.
WeightNames t5_names();

} // namespace rushes
