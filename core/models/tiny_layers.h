// What the tiny decoders have in common. Features are [frames, height, width, channels].
#pragma once

#include "nn/convolution.h"
#include "nn/weights/weight_store.h"

#include <ATen/ATen.h>

namespace rushes {

/// 3x3, as large as what goes in.
inline Convolution
tiny_convolution(const Weights& weights, std::int64_t in, std::int64_t out, bool bias = true) {
    return {
        {.in = in, .out = out, .kernel = 3, .padding = 1},
        weights.tensor("weight", {out, in, 3, 3}),
        bias ? weights.tensor("bias", {out}) : at::Tensor()
    };
}

/// Each pixel four times.
inline at::Tensor enlarged(const at::Tensor& x) {
    const auto t = x.size(0);
    const auto h = x.size(1);
    const auto w = x.size(2);
    const auto c = x.size(3);
    return x.view({t, h, 1, w, 1, c}).expand({t, h, 2, w, 2, c}).reshape({t, 2 * h, 2 * w, c});
}

/// Latents [1, C, T, h, w] as features, far ones drawn in: 3 tanh(z / 3).
inline at::Tensor tiny_features(const at::Tensor& latents, const at::TensorOptions& options) {
    return latents.select(0, 0).permute({1, 2, 3, 0}).to(options).div(3).tanh_().mul_(3).contiguous();
}

} // namespace rushes
