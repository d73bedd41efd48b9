#include "nn/modulation.h"

#include <cmath>

#include <ATen/ATen.h>

namespace rushes {

at::Tensor timestep_sinusoid(const at::Tensor& timesteps, std::int64_t size) {
    const std::int64_t half = size / 2;
    const at::Tensor exponents = at::arange(half, timesteps.options().dtype(at::kFloat)) *
                                 -std::log(10000.0) / static_cast<double>(half);
    const at::Tensor angles = timesteps.to(at::kFloat).unsqueeze(1) * exponents.exp();
    const at::Tensor result = at::cat({angles.cos(), angles.sin()}, 1);
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

at::Tensor modulated_norm(const at::Tensor& x, const Modulation& m, double eps, at::ScalarType dtype) {
    const std::int64_t dim = x.size(-1);
    if (m.scale.dim() == 1) {
        return at::layer_norm(x, {dim}, m.scale, m.shift, eps).to(dtype);
    }
    return at::addcmul(m.shift, at::layer_norm(x, {dim}, {}, {}, eps), m.scale).to(dtype);
}

at::Tensor gated_sum(const at::Tensor& x, const at::Tensor& y, const at::Tensor& gate) {
    return at::addcmul(x, y, gate);
}

} // namespace rushes
