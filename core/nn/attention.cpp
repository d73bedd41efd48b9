#include "nn/attention.h"

#include "base/error.h"
#include "nn/work_unit.h"

#include <algorithm>
#include <vector>

#include <ATen/ATen.h>

namespace rushes {

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
