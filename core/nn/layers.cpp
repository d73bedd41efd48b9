#include "nn/layers.h"

#include "base/error.h"
#include "nn/cpu/kernels.h"
#include "nn/work_unit.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/dispatch/Dispatcher.h>

namespace rushes {

namespace {

using NoScalars = c10::List<std::optional<at::Scalar>>;

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

bool onednn_takes(const at::Tensor& weight) {
    return is_float_on_cpu(weight) && at::globalContext().userEnabledMkldnn() &&
           at::globalContext().hasMKLDNN();
}

/// A small weight costs as much to rearrange as to multiply with when there are few rows, so it is kept in
/// the order of the fastest product. Of a large one there is no room for a copy, and it has rows enough.
bool is_worth_packing(const at::Tensor& weight) {
    constexpr std::int64_t largest = std::int64_t{1} << 20;
    return onednn_takes(weight) && weight.numel() <= largest;
}

// libtorch has these two as operators only (they serve its own compiler), not as functions of the at::
// namespace.
at::Tensor pack_weight(const at::Tensor& weight) {
    // oneDNN chooses the order by the number of rows. That for 512 is the best from 14 rows up: 1.3 to 1.5
    // times the speed of at::linear at 28 rows, 1.1 times at 500.
    constexpr std::int64_t rows = 512;
    static const auto op = c10::Dispatcher::singleton()
                               .findSchemaOrThrow("mkldnn::_reorder_linear_weight", "")
                               .typed<at::Tensor(const at::Tensor&, std::optional<c10::SymInt>)>();
    return op.call(weight, c10::SymInt(rows));
}

/// The weight as the file has it, or packed.
at::Tensor onednn_linear(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias) {
    using Signature = at::
        Tensor(const at::Tensor&, const at::Tensor&, const std::optional<at::Tensor>&, std::string_view, NoScalars, std::optional<std::string_view>);
    static const auto op =
        c10::Dispatcher::singleton().findSchemaOrThrow("mkldnn::_linear_pointwise", "").typed<Signature>();
    const auto added = bias.defined() ? std::optional(bias) : std::nullopt;
    return op.call(x.contiguous(), weight, added, "none", NoScalars(), std::string_view());
}

at::Tensor bias_of(const Weights& weights, std::int64_t out, Bias with_bias) {
    return with_bias == Bias::yes ? weights.tensor("bias", {out}) : at::Tensor();
}

at::Tensor joined(const std::vector<at::Tensor>& parts) {
    return parts.size() == 1 ? parts.front() : at::cat(parts);
}

/// The weights one below the other, [all rows, in].
at::Tensor
dense_rows(const std::vector<StoredWeight>& weights, std::int64_t in, const std::stop_token& stop) {
    if (weights.size() == 1) {
        return weights.front().dense(stop).view({-1, in});
    }
    std::int64_t rows = 0;
    for (const StoredWeight& weight : weights) {
        rows += weight.shape.front();
    }
    at::Tensor result = at::empty({rows, in}, weights.front().data.options().dtype(weights.front().dtype));
    std::int64_t first = 0;
    for (const StoredWeight& weight : weights) {
        weight.write_to(result.narrow(0, first, weight.shape.front()), stop);
        first += weight.shape.front();
    }
    return result;
}

} // namespace

at::ScalarType compute_type(at::ScalarType dtype) {
    return dtype == at::kDouble ? at::kDouble : at::kFloat;
}

Linear::Linear(at::Tensor weight, at::Tensor bias)
    : in_(weight.size(1)), out_(weight.size(0)), weight_(std::move(weight)), bias_(std::move(bias)) {
    pack();
}

void Linear::pack() {
    if (is_worth_packing(weight_)) {
        packed_ = pack_weight(weight_);
        weight_.reset();
    }
}

Linear::Linear(const Weights& weights, std::int64_t in, std::int64_t out, Bias with_bias)
    : Linear(weights, {out, in}, with_bias) {}

Linear::Linear(const Weights& weights, at::IntArrayRef shape, Bias with_bias)
    : in_(c10::multiply_integers(shape.slice(1))), out_(shape.front()) {
    keep({weights.weight("weight", shape)}, {bias_of(weights, out_, with_bias)});
}

void Linear::add_tensors(std::vector<at::Tensor*>& tensors) {
    for (StoredWeight& weight : compact_) {
        tensors.insert(tensors.end(), {&weight.data, &weight.scale});
    }
    tensors.insert(tensors.end(), {&weight_, &bias_});
}

Linear Linear::stacked(std::span<const Weights> layers, std::int64_t in, std::int64_t out, Bias with_bias) {
    Linear result;
    result.in_ = in;
    result.out_ = out * static_cast<std::int64_t>(layers.size());
    std::vector<StoredWeight> weights;
    std::vector<at::Tensor> biases;
    for (const Weights& layer : layers) {
        weights.push_back(layer.weight("weight", {out, in}));
        biases.push_back(bias_of(layer, out, with_bias));
    }
    result.keep(std::move(weights), std::move(biases));
    return result;
}

/// Compact only when all parts are.
void Linear::keep(std::vector<StoredWeight> weights, std::vector<at::Tensor> biases) {
    bias_ = biases.front().defined() ? joined(biases) : at::Tensor();
    if (std::ranges::all_of(weights, &StoredWeight::is_compact)) {
        compact_ = std::move(weights);
        return;
    }
    weight_ = dense_rows(weights, in_, {});
    pack();
}

/// x [rows, in].
at::Tensor Linear::product(const at::Tensor& x, const at::Tensor& weight) const {
    // at::linear asks MKL, which on another maker's processor takes its plain AVX2 code: 86 to 110 GFLOP/s a
    // core of an AMD EPYC (Zen 5) where oneDNN reaches 145 to 250, even with a weight that is not packed.
    constexpr std::int64_t few_rows = 16;
    if (packed_.defined()) {
        return onednn_linear(x, packed_, bias_);
    }
    return x.size(0) >= few_rows && onednn_takes(weight) ? onednn_linear(x, weight.contiguous(), bias_)
                                                         : at::linear(x, weight, bias_);
}

at::Tensor Linear::forward(const at::Tensor& x, const std::stop_token& stop) const {
    throw_if_stopped(stop);
    const std::int64_t rows = x.numel() / in_;
    const std::int64_t unit = rows_per_unit(x, 2.0 * static_cast<double>(in_ * out_));
    const at::Tensor flat = x.reshape({rows, in_});
    std::vector<std::int64_t> shape = x.sizes().vec();
    shape.back() = out_;
    const at::Tensor weight = compact_.empty() ? weight_ : dense_rows(compact_, in_, stop);
    if (rows <= unit) {
        return product(flat, weight).view(shape);
    }
    at::Tensor result = at::empty(shape, x.options());
    const at::Tensor flat_result = result.view({rows, out_});
    for (std::int64_t first = 0; first < rows; first += unit) {
        throw_if_stopped(stop);
        const std::int64_t count = std::min(unit, rows - first);
        flat_result.narrow(0, first, count).copy_(product(flat.narrow(0, first, count), weight));
    }
    return result;
}

at::Tensor Linear::forward_gelu(const at::Tensor& x, const std::stop_token& stop) const {
    if (x.is_cuda() && bias_.defined()) {
        throw_if_stopped(stop);
        std::vector<std::int64_t> shape = x.sizes().vec();
        shape.back() = out_;
        const at::Tensor weight = compact_.empty() ? weight_ : dense_rows(compact_, in_, stop);
        return at::_addmm_activation(bias_, x.reshape({-1, in_}), weight.t(), 1, 1, /*use_gelu=*/true)
            .view(shape);
    }
    at::Tensor result = forward(x, stop);
    gelu_tanh_(result);
    return result;
}

RmsNorm::RmsNorm(const Weights& weights, std::int64_t size, double epsilon, GainRounding gain_rounding)
    : weight(weights.tensor("weight", {size})), eps(epsilon), rounding(gain_rounding) {}

at::Tensor RmsNorm::forward(const at::Tensor& x) const {
    if (is_float_on_cpu(x) && is_float_on_cpu(weight) && x.stride(-1) == 1) {
        return rms_norm_rows(x, weight, eps);
    }
    if (!x.is_cpu() && x.scalar_type() == weight.scalar_type()) { // one kernel in place of eight
        return rounding == GainRounding::after_gain ? at::rms_norm(x, {weight.numel()}, weight, eps)
                                                    : at::rms_norm(x, {weight.numel()}, {}, eps).mul_(weight);
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
