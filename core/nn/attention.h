// Scaled dot-product attention in the layout that linear layers give.
#pragma once

#include <ATen/core/Tensor.h>

namespace rushes {

/// q [1, n, heads, head_dim], k and v [1, m, heads, head_dim], no copy of strided ones -> [1, n, heads *
/// head_dim]. `bias`, when defined, is added to the scores and broadcasts to [1, heads, n, m].
at::Tensor attend(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const at::Tensor& bias = {});

} // namespace rushes
