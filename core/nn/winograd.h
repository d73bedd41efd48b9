// 3x3 convolutions in fp32 on the CPU by a quarter of the multiplications (cpu/winograd.h): on one core of
// an AMD EPYC (Zen 5) 2.5 times as fast as oneDNN's direct ones with 128 channels, 2.1 with 256, 1.5 with a
// single small frame of 320 or 512. Its twin is Backend::reference of Convolution.
#pragma once

#include "nn/convolution.h"

#include <stop_token>

#include <ATen/core/Tensor.h>

namespace rushes {

/// Whether a layer can be computed so, here.
bool winograd_takes(const ConvShape& shape, const at::Tensor& weight);

/// Whether it gains: the weights are transformed for each call, which small frames do not pay for. However
/// many frames come at once, the answer is the same: a clip must not depend on its pieces.
bool winograd_pays(const ConvShape& shape, const at::Tensor& x);

/// x [T, h, w, in], weight [out, in, kernel_t, 3, 3], both contiguous; bias [out] or undefined. Returns
/// [T - kernel_t + 1, h, w, out]. Throws Stopped before each work unit.
at::Tensor winograd_convolution(
    const at::Tensor& x,
    const at::Tensor& weight,
    const at::Tensor& bias,
    const ConvShape& shape,
    const std::stop_token& stop
);

/// The same of x enlarged to twice its height and width, each number four times: [T, 2h, 2w, out].
at::Tensor enlarging_winograd_convolution(
    const at::Tensor& x,
    const at::Tensor& weight,
    const at::Tensor& bias,
    const ConvShape& shape,
    const std::stop_token& stop
);

} // namespace rushes
