// What decoders give, as bytes of a picture: cut to the range and rounded (half to even), as diffusers' PIL
// path does.
#pragma once

#include "nn/layers.h"

#include <ATen/ATen.h>

namespace rushes {

/// Levels of 0..1.
inline at::Tensor bytes_of_levels(const at::Tensor& levels) {
    return levels.to(compute_type(levels.scalar_type()))
        .clamp(0, 1)
        .mul_(255)
        .round_()
        .to(at::kByte)
        .contiguous();
}

/// Pixels around -1..1: v / 2 + 0.5 of them.
inline at::Tensor bytes_of_pixels(const at::Tensor& pixels) {
    return bytes_of_levels(pixels.to(compute_type(pixels.scalar_type())).mul(0.5).add_(0.5));
}

} // namespace rushes
