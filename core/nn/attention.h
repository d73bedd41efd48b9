// Scaled dot-product attention in the layout that linear layers give.
#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>

#include <ATen/core/Tensor.h>

namespace rushes {

/// [..., heads * head_dim] -> [..., heads, head_dim], no copy.
at::Tensor split_heads(const at::Tensor& x, std::int64_t heads);

/// q [b, n, heads, head_dim], k and v [b, m, heads, head_dim], no copy of strided ones -> [b, n, heads *
/// head_dim]. `bias`, when defined, is added to the scores: [b, heads, n, m], or what broadcasts to it.
/// Scores are q * k * scale; 1 / sqrt(head_dim) when none is given. Throws Stopped before each work unit.
at::Tensor attend(
    const at::Tensor& q,
    const at::Tensor& k,
    const at::Tensor& v,
    const at::Tensor& bias = {},
    const std::stop_token& stop = {},
    std::optional<double> scale = {}
);

} // namespace rushes
