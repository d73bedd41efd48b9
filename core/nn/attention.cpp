#include "nn/attention.h"

#include <optional>

#include <ATen/ATen.h>

namespace rushes {

at::Tensor attend(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const at::Tensor& bias) {
    const auto mask = bias.defined() ? std::optional(bias) : std::nullopt;
    return at::scaled_dot_product_attention(q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2), mask)
        .transpose(1, 2)
        .flatten(2);
}

} // namespace rushes
