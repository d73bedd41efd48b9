#include "nn/layers.h"

#include <ATen/ATen.h>

namespace rushes {

at::ScalarType compute_type(at::ScalarType dtype) {
    return dtype == at::kDouble ? at::kDouble : at::kFloat;
}

Linear::Linear(const Weights& weights, std::int64_t in, std::int64_t out, Bias with_bias)
    : weight(weights.tensor("weight", {out, in})) {
    if (with_bias == Bias::yes) {
        bias = weights.tensor("bias", {out});
    }
}

at::Tensor Linear::forward(const at::Tensor& x) const {
    return at::linear(x, weight, bias);
}

RmsNorm::RmsNorm(const Weights& weights, std::int64_t size, double epsilon, GainRounding gain_rounding)
    : weight(weights.tensor("weight", {size})), eps(epsilon), rounding(gain_rounding) {}

at::Tensor RmsNorm::forward(const at::Tensor& x) const {
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

Embedding::Embedding(const Weights& weights, std::int64_t count, std::int64_t size)
    : weight(weights.tensor("weight", {count, size})) {}

at::Tensor Embedding::forward(const at::Tensor& ids) const {
    return at::embedding(weight, ids);
}

} // namespace rushes
