#include "nn/layers.h"

#include "base/error.h"
#include "nn/cpu/kernels.h"
#include "nn/work_unit.h"

#include <algorithm>
#include <vector>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

namespace rushes {

namespace {

/// The kernel's part of RmsNorm: fp32 on the CPU.
at::Tensor rms_norm_rows(const at::Tensor& x, const at::Tensor& gain, double eps) {
    const std::int64_t size = gain.numel();
    const at::Tensor rows = x.reshape({-1, size});
    at::Tensor out = at::empty(x.sizes(), x.options());
    const auto* const source = rows.const_data_ptr<float>();
    auto* const target = out.mutable_data_ptr<float>();
    const auto* const gains = gain.const_data_ptr<float>();
    const std::int64_t grain = std::max<std::int64_t>(1, 16384 / size);
    at::parallel_for(0, rows.size(0), grain, [&](std::int64_t begin, std::int64_t end) {
        cpu::rms_norm(
            source + begin * rows.stride(0),
            rows.stride(0),
            target + begin * size,
            gains,
            static_cast<float>(eps),
            end - begin,
            size
        );
    });
    return out;
}

bool is_float_on_cpu(const at::Tensor& t) {
    return t.device().is_cpu() && t.scalar_type() == at::kFloat;
}

} // namespace

at::ScalarType compute_type(at::ScalarType dtype) {
    return dtype == at::kDouble ? at::kDouble : at::kFloat;
}

at::Tensor laid_out(const at::Tensor& weight) {
    constexpr std::int64_t largest = std::int64_t{1} << 20;
    return is_float_on_cpu(weight) && weight.numel() <= largest ? weight.t().contiguous().t() : weight;
}

Linear::Linear(const Weights& weights, std::int64_t in, std::int64_t out, Bias with_bias)
    : weight(laid_out(weights.tensor("weight", {out, in}))) {
    if (with_bias == Bias::yes) {
        bias = weights.tensor("bias", {out});
    }
}

at::Tensor Linear::forward(const at::Tensor& x, const std::stop_token& stop) const {
    throw_if_stopped(stop);
    const std::int64_t in = weight.size(1);
    const std::int64_t out = weight.size(0);
    const std::int64_t rows = x.numel() / in;
    const std::int64_t unit = rows_per_unit(x, 2.0 * static_cast<double>(in * out));
    if (rows <= unit) {
        return at::linear(x, weight, bias);
    }
    const at::Tensor flat = x.reshape({rows, in});
    std::vector<std::int64_t> shape = x.sizes().vec();
    shape.back() = out;
    at::Tensor result = at::empty(shape, x.options());
    const at::Tensor flat_result = result.view({rows, out});
    for (std::int64_t first = 0; first < rows; first += unit) {
        throw_if_stopped(stop);
        const std::int64_t count = std::min(unit, rows - first);
        flat_result.narrow(0, first, count).copy_(at::linear(flat.narrow(0, first, count), weight, bias));
    }
    return result;
}

RmsNorm::RmsNorm(const Weights& weights, std::int64_t size, double epsilon, GainRounding gain_rounding)
    : weight(weights.tensor("weight", {size})), eps(epsilon), rounding(gain_rounding) {}

at::Tensor RmsNorm::forward(const at::Tensor& x) const {
    if (is_float_on_cpu(x) && is_float_on_cpu(weight) && x.stride(-1) == 1) {
        return rms_norm_rows(x, weight, eps);
    }
    const at::Tensor wide = x.to(compute_type(x.scalar_type()));
    const at::Tensor normed = wide * (wide.square().mean(-1, true) + eps).rsqrt();
    if (rounding == GainRounding::before_gain) {
        return normed.to(weight.scalar_type()) * weight;
    }
    return (normed * weight).to(x.scalar_type());
}

LayerNorm::LayerNorm(std::int64_t normalized_size, double epsilon) : size(normalized_size), eps(epsilon) {}

LayerNorm::LayerNorm(const Weights& weights, std::int64_t normalized_size, double epsilon)
    : weight(weights.tensor("weight", {normalized_size})),
      bias(weights.tensor("bias", {normalized_size})),
      size(normalized_size),
      eps(epsilon) {}

at::Tensor LayerNorm::forward(const at::Tensor& x) const {
    const at::ScalarType wide = compute_type(x.scalar_type());
    const auto widened = [&](const at::Tensor& t) { return t.defined() ? t.to(wide) : t; };
    return at::layer_norm(x.to(wide), {size}, widened(weight), widened(bias), eps).to(x.scalar_type());
}

void gelu_tanh_(at::Tensor& x) {
    if (!is_float_on_cpu(x) || !x.is_contiguous()) {
        at::gelu_(x, "tanh");
        return;
    }
    auto* const numbers = x.mutable_data_ptr<float>();
    at::parallel_for(0, x.numel(), 16384, [&](std::int64_t begin, std::int64_t end) {
        cpu::gelu_tanh(numbers + begin, end - begin);
    });
}

Embedding::Embedding(const Weights& weights, std::int64_t count, std::int64_t size)
    : weight(weights.tensor("weight", {count, size})) {}

at::Tensor Embedding::forward(const at::Tensor& ids) const {
    return at::embedding(weight, ids);
}

} // namespace rushes
