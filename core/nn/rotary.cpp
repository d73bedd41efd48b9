#include "nn/rotary.h"

#include "base/error.h"
#include "nn/card_kernels.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

namespace rushes {

namespace {

constexpr double theta = 10000.0;

/// One loop for what takes a handful of tensor operations: rows of `pairs` pairs, the table's row by token.
void rotate_rows(
    float* out, const float* x, const float* cos, const float* sin, std::int64_t heads, std::int64_t pairs
) {
    for (std::int64_t head = 0; head < heads; ++head) {
        for (std::int64_t i = 0; i < pairs; ++i) {
            const float a = x[2 * i];
            const float b = x[2 * i + 1];
            out[2 * i] = a * cos[i] - b * sin[i];
            out[2 * i + 1] = a * sin[i] + b * cos[i];
        }
        x += 2 * pairs;
        out += 2 * pairs;
    }
}

/// Tensors that rotate_rows() serves.
bool has_own_loop(const at::Tensor& t) {
    return t.device().is_cpu() && t.scalar_type() == at::kFloat;
}

/// x turned, in the type of the table: one product of complex numbers in place of six of real ones.
at::Tensor turned(const at::Tensor& x, const RotaryTable& table) {
    const at::Tensor turns = table.turns.defined() ? table.turns : at::complex(table.cos, table.sin);
    const at::Tensor wide = x.to(c10::toRealValueType(turns.scalar_type()));
    const at::Tensor dense = wide.stride(-1) == 1 ? wide : wide.contiguous();
    return at::view_as_real(at::view_as_complex(dense.unflatten(-1, {-1, 2})) * turns).flatten(-2);
}

/// The rows of `table` at these indices, without copying the indices to its device: they come in runs.
at::Tensor rows_at(const at::Tensor& table, std::span<const std::int64_t> indices) {
    if (indices.empty()) {
        return table.narrow(0, 0, 0);
    }
    std::vector<at::Tensor> runs;
    for (std::size_t first = 0; first < indices.size();) {
        std::size_t end = first + 1;
        while (end < indices.size() && indices[end] == indices[end - 1] + 1) {
            ++end;
        }
        runs.push_back(table.narrow(0, indices[first], static_cast<std::int64_t>(end - first)));
        first = end;
    }
    return at::cat(runs);
}

/// One kernel in place of two conversions and a product.
bool serves_rotation(const at::Tensor& out, const at::Tensor& x, const RotaryTable& table) {
    const auto dense = [](const at::Tensor& t) { return t.stride(-1) == 1 && t.stride(-2) == t.size(-1); };
    return has_card_kernels(x) && out.scalar_type() == x.scalar_type() && x.dim() == 4 && dense(x) &&
           dense(out) && table.turns.defined() && table.turns.scalar_type() == at::kComplexFloat;
}

void rotate_on_card(const at::Tensor& out, const at::Tensor& x, const RotaryTable& table) {
    const at::Tensor turns = table.turns.contiguous();
    with_number(x.scalar_type(), [&](auto number) {
        using Number = decltype(number);
        const cuda::Rotate<Number> body{
            .x = numbers<Number>(x),
            .out = numbers<Number>(out),
            .turns = static_cast<const float*>(turns.const_data_ptr()),
            .tokens = x.size(1),
            .heads = x.size(2),
            .pairs = x.size(3) / 2,
            .x_token = x.stride(1),
            .x_side = x.stride(0),
            .out_token = out.stride(1),
            .out_side = out.stride(0),
        };
        launch_for(out, body, x.size(0) * x.size(1));
    });
}

bool has_fast_path(const at::Tensor& out, const at::Tensor& x, const RotaryTable& table) {
    const auto dense = [](const at::Tensor& t) {
        return has_own_loop(t) && t.stride(-1) == 1 && t.stride(-2) == t.size(-1);
    };
    return x.dim() == 4 && dense(x) && dense(out) && table.cos.defined() && table.cos.is_contiguous();
}

} // namespace

Rotary3d::Rotary3d(std::int64_t head_dim, std::int64_t max_positions, const at::TensorOptions& options)
    : max_positions_(max_positions) {
    const auto axis = [&](std::int64_t dim) {
        const at::Tensor exponents = at::arange(0, dim, 2, at::kDouble) / static_cast<double>(dim);
        const at::Tensor angles =
            at::outer(at::arange(max_positions, at::kDouble), at::pow(theta, exponents).reciprocal());
        // Rounded to fp32 also for fp64 models, as in the reference.
        return Axis{angles.cos().to(at::kFloat).to(options), angles.sin().to(at::kFloat).to(options)};
    };
    const std::int64_t spatial = 2 * (head_dim / 6);
    time_ = axis(head_dim - 2 * spatial);
    height_ = axis(spatial);
    width_ = axis(spatial);
}

RotaryTable
Rotary3d::table(std::span<const std::int64_t> frames, std::int64_t rows, std::int64_t columns) const {
    const auto count = static_cast<std::int64_t>(frames.size());
    const std::int64_t last = frames.empty() ? 0 : *std::ranges::max_element(frames);
    if (std::max({last + 1, rows, columns}) > max_positions_) {
        throw Error(
            ErrorKind::user,
            "The clip needs " + std::to_string(std::max({last + 1, rows, columns})) +
                " rotary positions along one axis, and the model has " + std::to_string(max_positions_) + ".",
            "Make the clip shorter or its pictures smaller."
        );
    }
    const auto joined = [&](const at::Tensor& t, const at::Tensor& h, const at::Tensor& w) {
        const at::Tensor in_time = rows_at(t, frames).view({count, 1, 1, -1});
        return at::cat(
                   {in_time.expand({count, rows, columns, -1}),
                    h.narrow(0, 0, rows).view({1, rows, 1, -1}).expand({count, rows, columns, -1}),
                    w.narrow(0, 0, columns).view({1, 1, columns, -1}).expand({count, rows, columns, -1})},
                   -1
        )
            .view({count * rows * columns, 1, -1});
    };
    at::Tensor cos = joined(time_.cos, height_.cos, width_.cos);
    at::Tensor sin = joined(time_.sin, height_.sin, width_.sin);
    if (has_own_loop(cos)) {
        return {std::move(cos), std::move(sin), {}};
    }
    return {{}, {}, at::complex(cos, sin)};
}

void rotate_into(at::Tensor out, const at::Tensor& x, const RotaryTable& table) {
    if (serves_rotation(out, x, table)) {
        rotate_on_card(out, x, table);
        return;
    }
    if (!has_fast_path(out, x, table)) {
        out.copy_(turned(x, table));
        return;
    }
    const std::int64_t heads = x.size(2);
    const std::int64_t pairs = x.size(3) / 2;
    const auto* const source = x.const_data_ptr<float>();
    auto* const target = out.mutable_data_ptr<float>();
    const auto* const cos = table.cos.const_data_ptr<float>();
    const auto* const sin = table.sin.const_data_ptr<float>();
    const std::int64_t grain = std::max<std::int64_t>(1, 16384 / (heads * pairs));
    const std::int64_t tokens = x.size(1);
    at::parallel_for(0, x.size(0) * tokens, grain, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t row = begin; row < end; ++row) {
            const std::int64_t side = row / tokens;
            const std::int64_t token = row % tokens;
            rotate_rows(
                target + side * out.stride(0) + token * out.stride(1),
                source + side * x.stride(0) + token * x.stride(1),
                cos + token * pairs,
                sin + token * pairs,
                heads,
                pairs
            );
        }
    });
}

at::Tensor rotate(const at::Tensor& x, const RotaryTable& table) {
    at::Tensor out = at::empty(x.sizes(), x.options());
    if (table.turns.defined() && !serves_rotation(out, x, table)) {
        return turned(x, table).to(x.scalar_type());
    }
    rotate_into(out, x, table);
    return out;
}

} // namespace rushes
