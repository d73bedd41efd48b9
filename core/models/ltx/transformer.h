// LTXVideoTransformer3DModel (diffusers 0.42, models/transformers/transformer_ltx.py). Names and keys as
// there.
#pragma once

#include "models/ltx/config.h"
#include "models/text_embeddings.h"
#include "nn/layers.h"
#include "nn/modulation.h"
#include "nn/rotary.h"
#include "nn/weights/weight_store.h"
#include "nn/work_unit.h"

#include <cstddef>
#include <cstdint>
#include <stop_token>
#include <vector>

#include <ATen/core/Tensor.h>

namespace rushes::ltx {

/// Text as every layer attends to it, made once a prompt. Its sides are what the latents are denoised with in
/// one pass: a prompt, or a prompt and a negative prompt for guidance.
struct TextContext {
    std::vector<at::Tensor> keys; ///< for each layer [sides, tokens, heads, head_dim]
    std::vector<at::Tensor> values;
    at::Tensor bias; ///< [sides, 1, 1, tokens], added to the scores; undefined: all sides are as long

    std::int64_t sides() const { return keys.front().size(0); }

    TextContext side(std::int64_t index) const;
};

/// The timestep as every layer uses it, made once a timestep.
struct TimeContext {
    struct Layer {
        Modulation attention;
        Modulation feed_forward;
    };

    std::int64_t groups = 1; ///< timesteps
    std::vector<Layer> layers;
    Modulation head; ///< without a gate
};

struct CrossAttention {
    Linear to_q, to_k, to_v, to_out;
    RmsNorm norm_q, norm_k;

    CrossAttention(const Weights& weights, const TransformerConfig& config);
};

/// One layer. x is [sides, groups, tokens, dim], wide: the tokens of one timestep are a group.
struct Block {
    TransformerConfig config;
    at::ScalarType dtype; ///< that the products are computed in
    Linear to_qkv;        ///< self-attention's query, key and value in one product
    Linear to_out;
    RmsNorm norm_q, norm_k;
    CrossAttention attn2;
    Linear ffn_in, ffn_out;

    Block(const Weights& weights, const TransformerConfig& config);

    at::Tensor forward(
        at::Tensor x,
        const TimeContext::Layer& time,
        const TextContext& text,
        std::size_t layer,
        const RotaryTable& positions,
        const std::stop_token& stop
    ) const;

private:
    at::Tensor
    self_attention(const at::Tensor& x, const RotaryTable& positions, const std::stop_token& stop) const;
    at::Tensor cross_attention(
        const at::Tensor& x, const TextContext& text, std::size_t layer, const std::stop_token& stop
    ) const;
};

class Transformer {
public:
    /// `weights`: the root of the component. Throws Error{user}; Stopped.
    Transformer(const TransformerConfig& config, const Weights& weights);

    /// Builds every layer again from its weights, a block at a time: after WeightStore::use_loras(). Throws
    /// as the constructor does; call it again then before the transformer is used.
    void reload();

    const TransformerConfig& config() const { return config_; }

    const at::TensorOptions& options() const { return options_; } ///< device and type

    /// The text encoder's states of a prompt, and of a negative prompt where `guided`, each of its own
    /// length: [1, n, caption_channels].
    TextContext text_context(const TextEmbeddings& text, bool guided, const std::stop_token& stop = {}) const;

    /// `timesteps`: fp32, [1] or one for each latent frame [T], best on the device already.
    TimeContext time_context(const at::Tensor& timesteps) const;

    /// The velocity for each side of the text: latents [1, channels, T, h, w] to [sides, channels, T, h, w]
    /// in the model's type. Throws Stopped before each work unit; tells of each block.
    at::Tensor forward(
        const at::Tensor& latents,
        const TimeContext& time,
        const TextContext& text,
        const RotaryTable& positions,
        const std::stop_token& stop,
        const ShareDone& done = {}
    ) const;

private:
    TransformerConfig config_;
    at::TensorOptions options_;
    Weights weights_;
    Linear proj_in_;
    Linear time_in_, time_out_, time_proj_;
    Linear caption_in_, caption_out_;
    std::vector<Block> blocks_;
    at::Tensor block_tables_;      ///< [layers, 1, 6, dim], wide
    at::Tensor scale_shift_table_; ///< [1, 2, dim], wide
    Linear proj_out_;
};

} // namespace rushes::ltx
