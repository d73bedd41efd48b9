#include "nn/attention.h"

#include "base/error.h"
#include "nn/work_unit.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <ATen/ATen.h>

namespace rushes {
namespace {

/// A GPU's fused kernels take a bias in the type of the queries only, and prepare themselves for each new
/// length, longer than a text's few tokens take. q, k, v [batch, heads, tokens, head_dim].
at::Tensor plain_attention(
    const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const at::Tensor& bias, double scale
) {
    const at::Tensor scores = at::matmul(q, k.transpose(-2, -1)).mul_(scale) + bias;
    return at::matmul(at::softmax(scores, -1).to(v.scalar_type()), v);
}

} // namespace

at::Tensor split_heads(const at::Tensor& x, std::int64_t heads) {
    return x.unflatten(-1, {heads, -1});
}

at::Tensor attend(
    const at::Tensor& q,
    const at::Tensor& k,
    const at::Tensor& v,
    const at::Tensor& bias,
    const std::stop_token& stop,
    std::optional<double> scale
) {
    const at::Tensor keys = k.transpose(1, 2);
    const at::Tensor values = v.transpose(1, 2);
    const bool bias_per_query = bias.defined() && bias.size(2) > 1;
    const auto part = [&](std::int64_t first, std::int64_t count) {
        throw_if_stopped(stop);
        const at::Tensor queries = q.narrow(1, first, count).transpose(1, 2);
        const at::Tensor added = bias_per_query ? bias.narrow(2, first, count) : bias;
        if (added.defined() && !q.is_cpu()) {
            const double factor = scale.value_or(1 / std::sqrt(static_cast<double>(q.size(3))));
            return plain_attention(queries, keys, values, added, factor).transpose(1, 2).flatten(2);
        }
        const auto mask = added.defined() ? std::optional(added) : std::nullopt;
        return at::scaled_dot_product_attention(queries, keys, values, mask, 0.0, false, scale)
            .transpose(1, 2)
            .flatten(2);
    };
    const std::int64_t unit = rows_per_unit(q, 4.0 * static_cast<double>(k.numel()));
    const std::int64_t count = q.size(1);
    if (count <= unit) {
        return part(0, count);
    }
    std::vector<at::Tensor> parts;
    for (std::int64_t first = 0; first < count; first += unit) {
        parts.push_back(part(first, std::min(unit, count - first)));
    }
    return at::cat(parts, 1);
}

} // namespace rushes
