#include "nn/attention.h"

#include "base/error.h"
#include "nn/cpu/attention.h"
#include "nn/work_unit.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/record_function.h>

namespace rushes {
namespace {

/// Work that is worth a thread.
constexpr double least_flop = 1e5;

/// A GPU's fused kernels take a bias in the type of the queries only, and prepare themselves for each new
/// length, longer than a text's few tokens take. q, k, v [batch, heads, tokens, head_dim].
at::Tensor plain_attention(
    const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const at::Tensor& bias, double scale
) {
    const at::Tensor scores = at::matmul(q, k.transpose(-2, -1)).mul_(scale) + bias;
    return at::matmul(at::softmax(scores, -1).to(v.scalar_type()), v);
}

/// The queries' rows of each head, in rows of head_dim numbers from one token to the next.
cpu::AttentionHead::Rows rows_of(const at::Tensor& x, std::int64_t batch, std::int64_t head) {
    return {x.const_data_ptr<float>() + batch * x.stride(0) + head * x.stride(2), x.stride(1)};
}

/// What is added to all queries of all heads alike, or nothing.
bool is_for_keys_only(const at::Tensor& bias) {
    return !bias.defined() || (bias.dim() == 4 && bias.size(1) == 1 && bias.size(2) == 1);
}

/// libtorch's own asks MKL for its products, which on another maker's processor takes its plain AVX2 code.
bool own_kernel_takes(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const at::Tensor& bias) {
    const auto suits = [](const at::Tensor& x) {
        return x.is_cpu() && (x.scalar_type() == at::kFloat || x.scalar_type() == at::kBFloat16) &&
               x.stride(3) == 1;
    };
    return suits(q) && suits(k) && suits(v) && v.size(3) == q.size(3) && k.size(0) == q.size(0) &&
           is_for_keys_only(bias) && cpu::attention_kernels() != nullptr;
}

/// As attend(), in fp32.
at::Tensor own_attention(
    const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const at::Tensor& bias, double scale
) {
    const std::int64_t queries = q.size(1);
    const std::int64_t heads = q.size(2);
    const std::int64_t head_dim = q.size(3);
    const std::int64_t at_once = std::min(queries, cpu::attention_rows(head_dim));
    const std::int64_t pieces = (queries + at_once - 1) / at_once;
    const at::Tensor added =
        bias.defined() ? bias.to(at::kFloat).expand({q.size(0), 1, 1, k.size(1)}).contiguous() : bias;
    at::Tensor out = at::empty({q.size(0), queries, heads * head_dim}, q.options());
    auto* const target = out.mutable_data_ptr<float>();
    const double flop = 4.0 * static_cast<double>(q.numel()) * static_cast<double>(k.size(1));
    RECORD_FUNCTION("rushes::attention", std::vector<c10::IValue>{flop}); // for profilers, as ATen's own
    const std::int64_t tasks = q.size(0) * heads * pieces;
    const auto grain = static_cast<std::int64_t>(1 + least_flop * static_cast<double>(tasks) / flop);
    at::parallel_for(0, tasks, grain, [&](std::int64_t begin, std::int64_t end) {
        const at::Tensor room = at::empty({cpu::attention_room(head_dim, at_once)}, q.options());
        for (std::int64_t task = begin; task < end; ++task) {
            const std::int64_t batch = task / (heads * pieces);
            const std::int64_t head = task / pieces % heads;
            const std::int64_t first = task % pieces * at_once;
            const cpu::AttentionHead of{
                .q = rows_of(q, batch, head),
                .k = rows_of(k, batch, head),
                .v = rows_of(v, batch, head),
                .bias = added.defined() ? added.const_data_ptr<float>() + batch * k.size(1) : nullptr,
                .keys = k.size(1),
                .head_dim = head_dim,
                .scale = static_cast<float>(scale),
            };
            cpu::attention_kernels()->rows(
                of,
                first,
                std::min(at_once, queries - first),
                target + ((batch * queries + first) * heads + head) * head_dim,
                heads * head_dim,
                room.mutable_data_ptr<float>()
            );
        }
    });
    return out;
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
    const double factor = scale.value_or(1 / std::sqrt(static_cast<double>(q.size(3))));
    const bool own = own_kernel_takes(q, k, v, bias);
    const at::Tensor wide_keys = own ? k.to(at::kFloat) : k;
    const at::Tensor wide_values = own ? v.to(at::kFloat) : v;
    const at::Tensor keys = k.transpose(1, 2);
    const at::Tensor values = v.transpose(1, 2);
    const bool bias_per_query = bias.defined() && bias.size(2) > 1;
    const auto part = [&](std::int64_t first, std::int64_t count) {
        throw_if_stopped(stop);
        if (own) {
            const at::Tensor queries = q.narrow(1, first, count).to(at::kFloat);
            return own_attention(queries, wide_keys, wide_values, bias, factor).to(q.scalar_type());
        }
        const at::Tensor queries = q.narrow(1, first, count).transpose(1, 2);
        const at::Tensor added = bias_per_query ? bias.narrow(2, first, count) : bias;
        if (added.defined() && !q.is_cpu()) {
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
