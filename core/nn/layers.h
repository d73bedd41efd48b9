// The basic layers as plain values: built from a scope of weights, one forward() each, shapes and roundings
// as the PyTorch module of the same name.
#pragma once

#include "nn/weights/weight_store.h"

#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

#include <ATen/core/Tensor.h>

namespace rushes {

/// The type that norms and softmax compute in: fp32 for half types and fp32, fp64 for fp64.
at::ScalarType compute_type(at::ScalarType dtype);

enum class Bias { yes, no };

/// torch.nn.Linear: x [..., in] -> [..., out]. What the weights lie in (dense, fp8 with a scale, a block
/// format of GGUF) is its own affair: in eight bits or fewer they stay so and are made dense for each call.
class Linear {
public:
    Linear() = default;
    Linear(at::Tensor weight, at::Tensor bias); ///< [out, in]; [out] or undefined
    Linear(const Weights& weights, std::int64_t in, std::int64_t out, Bias with_bias = Bias::yes);

    /// A convolution that is a product: `shape` is the weight's, [out, ...], and `in` all but the first.
    Linear(const Weights& weights, at::IntArrayRef shape, Bias with_bias = Bias::yes);

    /// Several layers of the same input as one product: their outputs one behind the other.
    static Linear
    stacked(std::span<const Weights> layers, std::int64_t in, std::int64_t out, Bias with_bias = Bias::yes);

    bool defined() const { return out_ > 0; }

    /// Throws Stopped before each work unit.
    at::Tensor forward(const at::Tensor& x, const std::stop_token& stop = {}) const;

    /// All that it computes with, the undefined ones too: in the same order in each layer of one shape.
    void add_tensors(std::vector<at::Tensor*>& tensors);

    /// gelu_tanh_() of that; on a card one kernel with the product, and one rounding less.
    at::Tensor forward_gelu(const at::Tensor& x, const std::stop_token& stop = {}) const;

private:
    void keep(std::vector<StoredWeight> weights, std::vector<at::Tensor> biases);
    void pack();
    at::Tensor product(const at::Tensor& x, const at::Tensor& weight) const;

    std::int64_t in_ = 0;
    std::int64_t out_ = 0;
    std::vector<StoredWeight> compact_; ///< empty: dense
    at::Tensor weight_;                 ///< [out, in]; undefined: compact, or packed
    at::Tensor bias_;                   ///< [out], or undefined
    at::Tensor packed_;                 ///< a small fp32 weight on the CPU, as oneDNN wants it; or undefined
};

/// Where a half-precision RMS norm rounds: the two reference implementations differ.
enum class GainRounding {
    after_gain,  ///< torch.nn.RMSNorm: one rounding at the end
    before_gain, ///< T5LayerNorm and diffusers' RMSNorm: to the weight's type, then times the gain
};

/// x / sqrt(mean(x^2) + eps) * weight over the last dimension, statistics in fp32.
struct RmsNorm {
    at::Tensor weight; ///< [size]
    double eps = 1e-6;
    GainRounding rounding = GainRounding::after_gain;

    RmsNorm() = default;
    RmsNorm(
        const Weights& weights,
        std::int64_t size,
        double epsilon,
        GainRounding gain_rounding = GainRounding::after_gain
    );
    at::Tensor forward(const at::Tensor& x) const;
};

/// Layer norm over the last dimension, wholly in fp32 and rounded once to x's type (diffusers'
/// FP32LayerNorm).
struct LayerNorm {
    at::Tensor weight; ///< [size], or undefined: no gain
    at::Tensor bias;   ///< [size], or undefined
    std::int64_t size = 0;
    double eps = 1e-6;

    LayerNorm() = default;
    /// Without gain and bias.
    LayerNorm(std::int64_t normalized_size, double epsilon);
    LayerNorm(const Weights& weights, std::int64_t normalized_size, double epsilon);
    at::Tensor forward(const at::Tensor& x) const;
};

/// torch.nn.GELU(approximate="tanh"), in place.
void gelu_tanh_(at::Tensor& x);

/// torch.nn.Embedding: ids (int64) [...] -> [..., size].
struct Embedding {
    at::Tensor weight; ///< [count, size]

    Embedding() = default;
    Embedding(const Weights& weights, std::int64_t count, std::int64_t size);
    at::Tensor forward(const at::Tensor& ids) const;
};

} // namespace rushes
