// The block formats of GGUF as numbers (layouts: block_q8_0 and the like in ggml-common.h of llama.cpp).
#pragma once

#include "nn/weights/tensor_entry.h"

#include <ATen/core/Tensor.h>

namespace rushes {

/// blocks: the bytes as uint8 [n, bytes of a block], on any device. Returns fp32 [n, numbers of a block]: the
/// same roundings as ggml's own code.
at::Tensor dequantise(const at::Tensor& blocks, TensorDtype dtype);

} // namespace rushes
