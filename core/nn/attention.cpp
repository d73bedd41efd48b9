#include "nn/attention.h"

#include "base/error.h"
#include "nn/work_unit.h"

#include <optional>
#include <vector>

#include <ATen/ATen.h>

namespace rushes {

at::Tensor attend(
    const at::Tensor& q,
    const at::Tensor& k,
    const at::Tensor& v,
    const at::Tensor& bias,
    const std::stop_token& stop
) {
    const at::Tensor keys = k.transpose(1, 2);
    const at::Tensor values = v.transpose(1, 2);
    const auto mask = bias.defined() ? std::optional(bias) : std::nullopt;
    const auto part = [&](const at::Tensor& queries) {
        throw_if_stopped(stop);
        return at::scaled_dot_product_attention(queries.transpose(1, 2), keys, values, mask)
            .transpose(1, 2)
            .flatten(2);
    };
    const std::int64_t unit = rows_per_unit(q, 4.0 * static_cast<double>(k.numel()));
    if (q.size(1) <= unit) {
        return part(q);
    }
    std::vector<at::Tensor> parts;
    for (const at::Tensor& queries : q.split(unit, 1)) {
        parts.push_back(part(queries));
    }
    return at::cat(parts, 1);
}

} // namespace rushes
