#include "nn/conv2d.h"

#include "base/error.h"
#include "nn/winograd.h"

#include <ATen/ATen.h>

namespace rushes {

namespace {

Convolution read(
    const Weights& weights,
    std::int64_t in,
    std::int64_t out,
    std::int64_t kernel,
    std::int64_t stride,
    std::int64_t padding
) {
    return {
        {.in = in, .out = out, .kernel = kernel, .stride = stride, .padding = padding},
        weights.tensor("weight", {out, in, kernel, kernel}),
        weights.tensor("bias", {out})
    };
}

// Note [a kernel behind an enlargement]
// Along one axis, pixel 2i sees the small pixels i-1, i, i by the kernel's k0, k1, k2, so i-1 by k0 and i by
// k1 + k2; pixel 2i+1 sees i by k0 + k1 and i+1 by k2. At the edges both ways see the same zeros.
at::Tensor corner_kernels(const at::Tensor& kernel) {
    const auto folded = [](const at::Tensor& k, std::int64_t axis, bool odd) {
        const auto at = [&](std::int64_t i) { return k.select(axis, i); };
        return odd ? at::stack({at(0) + at(1), at(2)}, axis) : at::stack({at(0), at(1) + at(2)}, axis);
    };
    std::vector<at::Tensor> corners;
    for (const bool odd_row : {false, true}) {
        for (const bool odd_column : {false, true}) {
            corners.push_back(folded(folded(kernel, 2, odd_row), 3, odd_column));
        }
    }
    return at::cat(corners); // [4 * out, in, 2, 2]
}

Convolution with_corners(const at::Tensor& kernel, const at::Tensor& bias) {
    const std::int64_t channels = kernel.size(0);
    return {
        {.in = channels, .out = 4 * channels, .kernel = 2, .padding = 1},
        corner_kernels(kernel),
        bias.repeat({4})
    };
}

ConvShape whole_kernel(std::int64_t channels) {
    return {.in = channels, .out = channels, .kernel = 3, .padding = 1};
}

} // namespace

Conv2d::Conv2d(const Weights& weights, std::int64_t in, std::int64_t out, std::int64_t kernel)
    : Conv2d(weights, in, out, kernel, 1, kernel / 2) {}

Conv2d::Conv2d(
    const Weights& weights,
    std::int64_t in,
    std::int64_t out,
    std::int64_t kernel,
    std::int64_t stride,
    std::int64_t padding
)
    : convolution_(read(weights, in, out, kernel, stride, padding)) {}

at::Tensor Conv2d::forward(const at::Tensor& x, const std::stop_token& stop) const {
    return convolution_.forward(x, stop);
}

Linear pointwise(const Weights& weights, std::int64_t in, std::int64_t out) {
    return {weights.tensor("weight", {out, in, 1, 1}).flatten(1), weights.tensor("bias", {out})};
}

UpsampleConv::UpsampleConv(const Weights& weights, std::int64_t channels) : channels_(channels) {
    const at::Tensor kernel = weights.tensor("weight", {channels, channels, 3, 3});
    const at::Tensor bias = weights.tensor("bias", {channels});
    if (winograd_takes(whole_kernel(channels), kernel)) {
        kernel_ = kernel.contiguous();
        bias_ = bias;
    } else {
        corners_.emplace(with_corners(kernel, bias));
    }
}

at::Tensor UpsampleConv::forward(const at::Tensor& x, const std::stop_token& stop) const {
    return corners_ ? at_corners(x, stop)
                    : enlarging_winograd_convolution(
                          x.contiguous(), kernel_, bias_, whole_kernel(channels_), stop
                      );
}

at::Tensor UpsampleConv::at_corners(const at::Tensor& x, const std::stop_token& stop) const {
    const std::int64_t frames = x.size(0);
    const std::int64_t height = x.size(1);
    const std::int64_t width = x.size(2);
    // One row and one column more than x has: corner (r, c) of pixel (i, j) stands at (i + r, j + c).
    const at::Tensor corners =
        corners_->forward(x, stop).view({frames, height + 1, width + 1, 2, 2, channels_});
    at::Tensor result = at::empty({frames, height, 2, width, 2, channels_}, x.options());
    for (std::int64_t r = 0; r < 2; ++r) {
        for (std::int64_t c = 0; c < 2; ++c) {
            throw_if_stopped(stop);
            result.select(4, c).select(2, r).copy_(
                corners.select(4, c).select(3, r).narrow(1, r, height).narrow(2, c, width)
            );
        }
    }
    return result.view({frames, 2 * height, 2 * width, channels_});
}

} // namespace rushes
