// WanTransformer3DModel (diffusers 0.42, models/transformers/transformer_wan.py). Names and
// keys as there.
#pragma once

#include "models/wan/config.h"
#include "models/wan/self_attention.h"
#include "nn/block_stream.h"
#include "nn/layers.h"
#include "nn/modulation.h"
#include "nn/rotary.h"
#include "nn/weights/weight_store.h"
#include "nn/work_unit.h"

#include <array>
#include <cstdint>
#include <memory>
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

// Note [layers that give hints]
// VACE has layers beside the clip's (WanVACETransformerBlock of diffusers 0.42, transformer_wan_vace.py) that
// make more of a stream of their own, and for the clip's stream a hint. They are layers like the others with
// a product before the first and one behind each. Their indices follow the clip's.
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
    Linear proj_in, proj_out; ///< of layers that give hints; proj_in of the first only

    Block(const Weights& weights, const TransformerConfig& config, std::size_t layer);

    bool gives_hints() const { return proj_out.defined(); }

    /// All that it computes with (Linear::add_tensors()).
    std::vector<at::Tensor*> tensors();

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

/// Where a transformer's blocks lie.
enum class BlocksIn {
    device,
    main_memory,          ///< of a card: they come to it one after the other (nn/block_stream.h)
    main_memory_in_turns, ///< all of them come to it, until let_go()
};

class Transformer {
public:
    /// `weights`: the root of the component. Tensors that the reference keeps in fp32 (time embedder, scale
    /// and shift tables, norm2) are read so whatever the type of the others. Throws Error{user}; Stopped.
    Transformer(
        const TransformerConfig& config, const Weights& weights, BlocksIn blocks_in = BlocksIn::device
    );

    /// Builds every layer again from its weights, a block at a time: after WeightStore::use_loras(). Throws
    /// as the constructor does; call it again then before the transformer is used.
    void reload();

    /// Blocks of main memory leave the device, until they are needed again.
    void let_go() const;

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
    Block read_block(std::size_t place) const;
    /// With its weights where it computes, in `streamed` where they had to come there.
    const Block& on_device(std::size_t place, std::optional<Block>& streamed) const;
    void read_outer_layers();
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
        const at::Tensor& latents,
        const at::Tensor& x,
        const Block& first,
        std::int64_t groups,
        const std::stop_token& stop
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
    Linear control_embedding_;  ///< of the control branch, where there is one
    std::vector<Block> blocks_; ///< in the order in which they compute: what gives a hint before its layer
    BlocksIn blocks_in_;
    std::unique_ptr<BlockStream> stream_; ///< of blocks in main memory
    at::Tensor block_tables_;             ///< of all blocks by their index [all_layers, 1, 6, dim], wide
    at::Tensor scale_shift_table_;        ///< [1, 2, dim], wide
    Linear proj_out_;
};

} // namespace rushes::wan
