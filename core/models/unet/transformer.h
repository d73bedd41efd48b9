// Attention over the pixels of each frame, to each other and to the text (Transformer2DModel and
// BasicTransformerBlock of diffusers 0.42).
#pragma once

#include "nn/geglu.h"
#include "nn/group_norm.h"
#include "nn/layers.h"

#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

#include <ATen/core/Tensor.h>

namespace rushes {

/// Keys and values of a text for one block: [sides, tokens, heads, head_dim]. They do not change in a run.
struct TextKeys {
    at::Tensor k;
    at::Tensor v;
};

/// The projections of one attention layer; queries and keys have no bias.
struct AttentionLayer {
    Linear to_q, to_k, to_v;
    Linear to_out; ///< "to_out.0"
    std::int64_t heads;

    AttentionLayer(const Weights& weights, std::int64_t size, std::int64_t context, std::int64_t head_count);
    at::Tensor split(const at::Tensor& x) const; ///< [..., size] -> [..., heads, head_dim]
};

struct TransformerBlock {
    LayerNorm norm1, norm2, norm3;
    AttentionLayer attn1; ///< over the pixels
    AttentionLayer attn2; ///< to the text
    GegluFeedForward ff;

    TransformerBlock(const Weights& weights, std::int64_t size, std::int64_t text_dim, std::int64_t heads);
    TextKeys text_keys(const at::Tensor& text, const std::stop_token& stop) const;
    /// x [N, pixels, size]; N / sides frames see each side of the text. Throws Stopped before each work unit.
    at::Tensor forward(const at::Tensor& x, const TextKeys& text, const std::stop_token& stop) const;
};

struct SpatialTransformer {
    GroupNorm norm;
    Linear proj_in;
    std::vector<TransformerBlock> blocks;
    Linear proj_out;

    struct Shape {
        std::int64_t channels = 0;
        std::int64_t text_dim = 0;
        std::int64_t heads = 0;
        std::int64_t groups = 32;
        std::int64_t layers = 1;
        bool linear_projection = false;
    };

    SpatialTransformer(const Weights& weights, const Shape& shape);
    /// x [N, h, w, channels], of the same shape again. `text`: for each of the blocks.
    at::Tensor
    forward(const at::Tensor& x, std::span<const TextKeys> text, const std::stop_token& stop) const;
};

} // namespace rushes
