#include "nn/modulation.h"

#include "nn/card_kernels.h"

#include <cmath>

#include <ATen/ATen.h>

namespace rushes {

// Timesteps go up to 1000, where the last digit of a rate is a ten-thousandth of the angle; and libtorch's
// exp, cos and sin of fp32 round as the processor's vector units have it. So these three are fp64, rounded
// once: every machine gets the same numbers, those of the reference but for such last digits.
at::Tensor timestep_sinusoid(const at::Tensor& timesteps, std::int64_t size) {
    const std::int64_t half = size / 2;
    const at::Tensor exponents = at::arange(half, timesteps.options().dtype(at::kFloat)) *
                                 -std::log(10000.0) / static_cast<double>(half);
    at::Tensor rates = at::empty_like(exponents);
    at::exp_out(rates, exponents.to(at::kDouble));
    const at::Tensor angles = (timesteps.to(at::kFloat).unsqueeze(1) * rates).to(at::kDouble);
    const at::Tensor result = at::empty({timesteps.size(0), 2 * half}, exponents.options());
    at::Tensor cos = result.narrow(1, 0, half);
    at::Tensor sin = result.narrow(1, half, half);
    at::cos_out(cos, angles);
    at::sin_out(sin, angles);
    return size % 2 == 0 ? result : at::constant_pad_nd(result, {0, 1});
}

void add_ones(const at::Tensor& table, std::initializer_list<std::int64_t> rows) {
    for (const std::int64_t row : rows) {
        table.select(-2, row).add_(1);
    }
}

Modulation modulation_of(const at::Tensor& table, std::int64_t first) {
    const auto row = [&](std::int64_t index) {
        const at::Tensor t = table.select(1, first + index);
        return t.size(0) == 1 ? t.squeeze(0) : t.unsqueeze(1);
    };
    return {row(0), row(1), first + 2 < table.size(1) ? row(2) : at::Tensor()};
}

namespace {

/// One kernel in place of a norm and a conversion, or of three.
at::Tensor norm_on_card(const at::Tensor& x, const Modulation& m, double eps, at::ScalarType dtype) {
    const at::Tensor out = at::empty(x.sizes(), x.options().dtype(dtype));
    const std::int64_t dim = x.size(-1);
    const std::int64_t rows = x.numel() / dim;
    // scale [dim], or [groups, 1, dim] for x [sides, groups, tokens, dim].
    const at::Tensor scale = m.scale.contiguous();
    const at::Tensor shift = m.shift.contiguous();
    with_number(dtype, [&](auto number) {
        using Number = decltype(number);
        const cuda::NormModulate<Number> body{
            .x = numbers<float>(x),
            .out = numbers<Number>(out),
            .scale = numbers<float>(scale),
            .shift = numbers<float>(shift),
            .dim = dim,
            .rows_per_group = scale.dim() == 1 ? rows : x.size(-2),
            .groups = scale.numel() / dim,
            .eps = static_cast<float>(eps),
        };
        launch_for(out, body, rows);
    });
    return out;
}

at::Tensor sum_on_card(const at::Tensor& x, const at::Tensor& y, const at::Tensor& gate) {
    const at::Tensor out = at::empty(x.sizes(), x.options());
    const std::int64_t dim = x.size(-1);
    const std::int64_t rows = x.numel() / dim;
    const at::Tensor dense_gate = gate.contiguous();
    with_number(y.scalar_type(), [&](auto number) {
        using Number = decltype(number);
        const cuda::GatedSum<Number> body{
            .x = numbers<float>(x),
            .y = numbers<Number>(y),
            .gate = numbers<float>(dense_gate),
            .out = numbers<float>(out),
            .dim = dim,
            .rows_per_group = gate.dim() == 1 ? rows : x.size(-2),
            .groups = gate.numel() / dim,
        };
        launch_for(out, body, rows);
    });
    return out;
}

bool serves_sum(const at::Tensor& x, const at::Tensor& y, const at::Tensor& gate) {
    return has_card_kernels(x) && has_card_kernels(y) && x.scalar_type() == at::kFloat &&
           gate.scalar_type() == at::kFloat && x.is_contiguous() && y.is_contiguous() &&
           x.sizes() == y.sizes();
}

bool serves_norm(const at::Tensor& x, const Modulation& m) {
    return has_card_kernels(x) && x.scalar_type() == at::kFloat && m.scale.scalar_type() == at::kFloat &&
           x.is_contiguous();
}

} // namespace

at::Tensor modulated_norm(const at::Tensor& x, const Modulation& m, double eps, at::ScalarType dtype) {
    if (serves_norm(x, m)) {
        return norm_on_card(x, m, eps, dtype);
    }
    const std::int64_t dim = x.size(-1);
    if (m.scale.dim() == 1) {
        return at::layer_norm(x, {dim}, m.scale, m.shift, eps).to(dtype);
    }
    return at::addcmul(m.shift, at::layer_norm(x, {dim}, {}, {}, eps), m.scale).to(dtype);
}

at::Tensor modulated_rms_norm(const at::Tensor& x, const Modulation& m, double eps, at::ScalarType dtype) {
    const std::int64_t dim = x.size(-1);
    if (m.scale.dim() == 1) {
        return at::rms_norm(x, {dim}, m.scale, eps).add_(m.shift).to(dtype);
    }
    return at::addcmul(m.shift, at::rms_norm(x, {dim}, {}, eps), m.scale).to(dtype);
}

at::Tensor gated_sum(const at::Tensor& x, const at::Tensor& y, const at::Tensor& gate) {
    if (serves_sum(x, y, gate)) {
        return sum_on_card(x, y, gate);
    }
    return at::addcmul(x, y, gate);
}

} // namespace rushes
