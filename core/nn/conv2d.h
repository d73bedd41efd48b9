// Convolutions on every frame of features [frames, height, width, channels], contiguous.
#pragma once

#include "nn/convolution.h"
#include "nn/layers.h"
#include "nn/weights/weight_store.h"

#include <cstdint>
#include <optional>
#include <stop_token>

#include <ATen/core/Tensor.h>

namespace rushes {

/// torch.nn.Conv2d with a square kernel, same padding for stride 1 and `padding` else.
class Conv2d {
public:
    /// Reads "weight" [out, in, kernel, kernel] and "bias".
    Conv2d(const Weights& weights, std::int64_t in, std::int64_t out, std::int64_t kernel);
    Conv2d(
        const Weights& weights,
        std::int64_t in,
        std::int64_t out,
        std::int64_t kernel,
        std::int64_t stride,
        std::int64_t padding
    );

    /// x [N, h, w, in] -> [N, h', w', out]. Throws Stopped before each work unit.
    at::Tensor forward(const at::Tensor& x, const std::stop_token& stop = {}) const;

private:
    Convolution convolution_;
};

/// A 1x1 convolution: a linear layer whose weight is stored as [out, in, 1, 1].
Linear pointwise(const Weights& weights, std::int64_t in, std::int64_t out);

/// A 3x3 convolution behind nearest-neighbour enlargement to twice the size (diffusers' Upsample2D), which is
/// never written: by winograd.h, which is a quarter of the work, or at the small size: each of the four
/// pixels that one becomes sees 2x2 small ones, by sums of the kernel's numbers, which is 4/9 of it.
class UpsampleConv {
public:
    UpsampleConv(const Weights& weights, std::int64_t channels);

    /// x [N, h, w, channels] -> [N, 2h, 2w, channels].
    at::Tensor forward(const at::Tensor& x, const std::stop_token& stop = {}) const;

private:
    at::Tensor at_corners(const at::Tensor& x, const std::stop_token& stop) const;

    std::int64_t channels_;
    at::Tensor kernel_; ///< [channels, channels, 3, 3] and bias for winograd.h, or
    at::Tensor bias_;
    std::optional<Convolution> corners_; ///< 2x2, the four pixels' outputs one behind the other
};

} // namespace rushes
