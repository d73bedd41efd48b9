// WanTransformer3DModel (diffusers 0.42, models/transformers/transformer_wan.py). Names and
// keys as there.
#pragma once

#include "models/wan/config.h"
#include "models/wan/self_attention.h"
#include "nn/layers.h"
#include "nn/modulation.h"
#include "nn/rotary.h"
#include "nn/weights/weight_store.h"
#include "nn/work_unit.h"

#include <array>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <vector>

#include <ATen/core/Tensor.h>

namespace rushes::wan {

/// Text as every layer attends to it, made once a prompt. Its sides are what the latents are denoised with in
/// one pass: a prompt, or a prompt and a negative prompt for guidance.
struct TextContext {
    std::vector<at::Tensor> keys; ///< for each layer [sides, tokens, heads, head_dim]
    std::vector<at::Tensor> values;
    at::Tensor bias; ///< [1, 1, 1, tokens], added to the scores; undefined: none
    /// The same of the pictures' states, where the transformer takes some: [1, states, heads, head_dim], for
    /// all sides.
    std::vector<at::Tensor> image_keys;
    std::vector<at::Tensor> image_values;

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
    Linear add_k, add_v; ///< of pictures; not defined: it takes none
    RmsNorm norm_added_k;

    CrossAttention(const Weights& weights, const TransformerConfig& config);
    at::Tensor forward(
        const at::Tensor& x, const TextContext& text, std::size_t layer, const std::stop_token& stop
    ) const;
};

/// From the states of an image encoder to what cross-attention takes.
struct ImageEmbedder {
    at::Tensor positions; ///< [1, states, image_dim]; undefined: none
    LayerNorm norm1;
    Linear ff_in, ff_out;
    LayerNorm norm2;

    ImageEmbedder(const Weights& weights, const TransformerConfig& config);
    at::Tensor forward(const at::Tensor& states, const std::stop_token& stop) const;
};

/// One layer. x is [sides, groups, tokens, dim], wide: the tokens of one timestep are a group.
struct Block {
    std::size_t index;
    TransformerConfig config;
    at::ScalarType dtype; ///< that the products are computed in
    Linear to_qkv;        ///< self-attention's query, key and value in one product
    Linear to_out;
    RmsNorm norm_q, norm_k;
    LayerNorm norm2; ///< before cross-attention; size 0: none
    CrossAttention attn2;
    Linear ffn_in, ffn_out;

    Block(const Weights& weights, const TransformerConfig& config, std::size_t layer);

    at::Tensor forward(
        at::Tensor x,
        const TimeContext& time,
        const TextContext& text,
        SelfAttention& self_attention,
        const std::stop_token& stop
    ) const;

    /// Only the keys and values of self-attention.
    void remember(
        const at::Tensor& x,
        const TimeContext& time,
        SelfAttention& self_attention,
        const std::stop_token& stop
    ) const;

private:
    struct Qkv {
        at::Tensor q, k, v; ///< [sides, groups * tokens, heads, head_dim]
    };

    Qkv qkv(const at::Tensor& x, const Modulation& modulation, const std::stop_token& stop) const;
};

/// A layer of the control branch of VACE (WanVACETransformerBlock of diffusers 0.42,
/// transformer_wan_vace.py): it makes more of a stream of its own, and a hint of that for the clip's.
struct ControlBlock {
    Linear proj_in; ///< of the first one; not defined: none
    Block block;
    Linear proj_out;

    ControlBlock(const Weights& weights, const TransformerConfig& config, std::size_t index);
};

class Transformer {
public:
    /// `weights`: the root of the component. Tensors that the reference keeps in fp32 (time embedder, scale
    /// and shift tables, norm2) are read so whatever the type of the others. Throws Error{user}; Stopped.
    Transformer(const TransformerConfig& config, const Weights& weights);

    /// Builds every layer again from its weights, a block at a time: after WeightStore::use_loras(). Throws
    /// as the constructor does; call it again then before the transformer is used.
    void reload();

    const TransformerConfig& config() const { return config_; }

    const Rotary3d& rotary() const { return rotary_; }

    const at::TensorOptions& options() const { return options_; } ///< device and type

    /// Embeddings of the text's own tokens, [sides, n, text_dim] with n <= 512; zeros behind the shorter
    /// side, none behind the longest. `image`: the states of the run's pictures, one picture behind the
    /// other, [1, states, image_dim]; defined for a transformer that takes some.
    TextContext text_context(
        const at::Tensor& embeddings, const std::stop_token& stop = {}, const at::Tensor& image = {}
    ) const;

    /// `timesteps`: fp32, [1] or one for each latent frame [T], best on the device already.
    TimeContext time_context(const at::Tensor& timesteps) const;

    /// The velocity for each side of the text: latents [1, in_channels, T, h, w], with a control branch
    /// [1, in_channels + control_channels, ...], to [sides, out_channels, T, h, w] in the model's type.
    /// Throws Stopped before each work unit; tells of each block.
    at::Tensor forward(
        const at::Tensor& latents,
        const TimeContext& time,
        const TextContext& text,
        SelfAttention& self_attention,
        const std::stop_token& stop,
        const ShareDone& done = {}
    ) const;

    /// The same pass as far as it fills a cache.
    void remember(
        const at::Tensor& latents,
        const TimeContext& time,
        const TextContext& text,
        SelfAttention& self_attention,
        const std::stop_token& stop
    ) const;

    /// Full attention over latents of this size: frames, rows and columns before patching.
    FullAttention full_attention(std::array<std::int64_t, 3> size) const;

private:
    void read_outer_layers();

    /// Of the clip's own blocks, then of the control branch.
    template <typename Visit>
    void each_block(const Visit& visit) const {
        for (const Block& block : blocks_) {
            visit(block);
        }
        for (const ControlBlock& control : control_blocks_) {
            visit(control.block);
        }
    }

    void add_image(TextContext& context, const at::Tensor& states, const std::stop_token& stop) const;
    at::Tensor embedded(
        const at::Tensor& latents,
        const Linear& patch_embedding,
        std::int64_t groups,
        const std::stop_token& stop
    ) const;
    at::Tensor patchify(
        const at::Tensor& latents, std::int64_t sides, std::int64_t groups, const std::stop_token& stop
    ) const;
    at::Tensor control_stream(
        const at::Tensor& latents, const at::Tensor& x, std::int64_t groups, const std::stop_token& stop
    ) const;
    at::Tensor unpatchify(const at::Tensor& tokens, at::IntArrayRef latents_shape) const;

    TransformerConfig config_;
    at::TensorOptions options_;
    Rotary3d rotary_;
    Weights weights_;
    Linear patch_embedding_; ///< the Conv3d as a product over unfolded patches
    Linear time_in_, time_out_, time_proj_;
    Linear text_in_, text_out_;
    std::optional<ImageEmbedder> image_embedder_;
    std::vector<Block> blocks_;
    Linear control_embedding_; ///< of the control branch, where there is one
    std::vector<ControlBlock> control_blocks_;
    at::Tensor block_tables_;      ///< of all blocks [all_layers, 1, 6, dim], wide
    at::Tensor scale_shift_table_; ///< [1, 2, dim], wide
    Linear proj_out_;
};

} // namespace rushes::wan
