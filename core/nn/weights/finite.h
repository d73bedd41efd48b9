// The numbers of a weight file are checked while they are read: no libtorch.
#pragma once

#include "nn/weights/tensor_entry.h"

#include <cstddef>
#include <span>

namespace rushes {

/// True when no number of these bytes is NaN or infinite; of a block format the scales of its blocks are
/// looked at. As fast as memory gives the bytes.
bool all_finite(std::span<const std::byte> bytes, TensorDtype dtype);

} // namespace rushes
