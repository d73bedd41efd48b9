// FluxTransformer2DModel (diffusers 0.42, models/transformers/transformer_flux.py). Names and keys as there.
#pragma once

#include "models/flux/config.h"
#include "nn/layers.h"
#include "nn/modulation.h"
#include "nn/rotary.h"
#include "nn/weights/weight_store.h"
#include "nn/work_unit.h"

#include <cstdint>
#include <stop_token>
#include <vector>

#include <ATen/core/Tensor.h>

namespace rushes::flux {

/// Where each token stands, the text's first: [text + rows * columns, 1, head_dim / 2]. A picture's tokens
/// are turned by row and column, the text's are not.
RotaryTable rotary_table(
    const TransformerConfig& config,
    std::int64_t text,
    std::int64_t rows,
    std::int64_t columns,
    const at::TensorOptions& options
);

/// What one kind of token, text or picture, has of a layer for both.
struct Stream {
    Linear modulation; ///< of the time: six rows
    Linear to_qkv, to_out;
    RmsNorm norm_q, norm_k;
    Linear ffn_in, ffn_out;
};

/// Text and picture attend together, each by weights of its own. Both are [1, tokens, dim], wide.
struct DoubleBlock {
    TransformerConfig config;
    at::ScalarType dtype; ///< that the products are computed in
    Stream picture, text;

    DoubleBlock(const Weights& weights, const TransformerConfig& config);

    void forward(
        at::Tensor& x,
        at::Tensor& states,
        const at::Tensor& time,
        const RotaryTable& positions,
        const std::stop_token& stop
    ) const;
};

/// One stream of both, the text first; attention and feed-forward layer side by side.
struct SingleBlock {
    TransformerConfig config;
    at::ScalarType dtype;
    Linear modulation; ///< three rows
    Linear to_qkv;
    RmsNorm norm_q, norm_k;
    Linear proj_mlp, proj_out;

    SingleBlock(const Weights& weights, const TransformerConfig& config);

    at::Tensor forward(
        const at::Tensor& x, const at::Tensor& time, const RotaryTable& positions, const std::stop_token& stop
    ) const;
};

class Transformer {
public:
    /// `weights`: the root of the component. Throws Error{user}; Stopped.
    Transformer(const TransformerConfig& config, const Weights& weights);

    /// Builds every layer again from its weights: after WeightStore::use_loras(). Throws as the constructor
    /// does; call it again then before the transformer is used.
    void reload();

    const TransformerConfig& config() const { return config_; }

    const at::TensorOptions& options() const { return options_; } ///< device and type

    /// T5's states [1, tokens, text_dim] as the layers take them, [1, tokens, dim]: once a prompt.
    at::Tensor text_states(const at::Tensor& text, const std::stop_token& stop = {}) const;

    /// [1, dim]; `timestep`: fp32 [1], of 1000.
    at::Tensor time_embedding(const at::Tensor& timestep, const at::Tensor& pooled) const;

    struct Input {
        at::Tensor tokens; ///< [1, rows * columns, channels]
        at::Tensor states; ///< text_states()
        at::Tensor time;   ///< time_embedding()
    };

    /// The velocity, [1, rows * columns, channels] in the model's type. Throws Stopped before each work unit;
    /// tells of each block.
    at::Tensor forward(
        const Input& input,
        const RotaryTable& positions,
        const std::stop_token& stop = {},
        const ShareDone& done = {}
    ) const;

private:
    TransformerConfig config_;
    at::TensorOptions options_;
    Weights weights_;
    Linear x_embedder_, context_embedder_;
    Linear time_in_, time_out_, pooled_in_, pooled_out_;
    std::vector<DoubleBlock> blocks_;
    std::vector<SingleBlock> single_blocks_;
    Linear norm_out_, proj_out_;
};

} // namespace rushes::flux
