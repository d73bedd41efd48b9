// What decoders give, as bytes of a picture: cut to the range and rounded (half to even), as diffusers' PIL
// path does.
#pragma once

#include <ATen/core/Tensor.h>

namespace rushes {

/// Levels of 0..1.
at::Tensor bytes_of_levels(const at::Tensor& levels);

/// Pixels around -1..1: v / 2 + 0.5 of them.
at::Tensor bytes_of_pixels(const at::Tensor& pixels);

} // namespace rushes
