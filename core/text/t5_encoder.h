// The text encoders T5 and UMT5 (transformers, modeling_umt5.py and modeling_t5.py, encoder only).
// They differ in one thing: UMT5 has a relative position bias in every block, T5 one in block 0 that all
// blocks use.
#pragma once

#include "nn/layers.h"
#include "nn/weights/weight_store.h"
#include "text/t5_config.h"

#include <cstdint>
#include <filesystem>
#include <span>
#include <stop_token>
#include <vector>

#include <ATen/core/Tensor.h>

namespace rushes {

/// The bucket of each relative position (key - query), int64 [tokens, tokens]. Half of the buckets are for
/// keys after the query; of each half the first half is exact, the rest grows logarithmically up to
/// max_distance.
at::Tensor
relative_position_buckets(std::int64_t tokens, std::int64_t num_buckets, std::int64_t max_distance);

/// The embedding of each piece. A text needs a few rows of it, so it stays in the file, in the stored type;
/// what is looked up is converted.
struct TokenTable {
    StoredWeight table;        ///< [vocab_size, d_model]
    at::TensorOptions options; ///< device and type of the rest

    at::Tensor forward(std::span<const std::int64_t> ids) const; ///< [1, tokens, d_model]
};

struct T5Attention {
    Linear q, k, v, o;
    Embedding relative_attention_bias; ///< [buckets, heads]; undefined where another block's is used
    std::int64_t num_heads = 0;

    T5Attention(const Weights& weights, const T5Config& config, bool has_bias);
    at::Tensor position_bias(const at::Tensor& buckets) const; ///< [1, heads, tokens, tokens]
    /// x [1, tokens, d_model]; queries are not scaled. Throws Stopped before each work unit.
    at::Tensor
    forward(const at::Tensor& x, const at::Tensor& position_bias, const std::stop_token& stop) const;
};

struct T5FeedForward {
    Linear wi_0, wi_1, wo; ///< wi_1 only where the layer is gated
    T5Config::Activation activation;

    T5FeedForward(const Weights& weights, const T5Config& config);
    at::Tensor forward(const at::Tensor& x, const std::stop_token& stop) const;
};

struct T5Block {
    RmsNorm attention_norm;
    T5Attention attention;
    RmsNorm feed_forward_norm;
    T5FeedForward feed_forward;

    T5Block(const Weights& weights, const T5Config& config, bool has_bias);
    at::Tensor
    forward(const at::Tensor& x, const at::Tensor& position_bias, const std::stop_token& stop = {}) const;
};

struct T5Encoder {
    T5Config config;
    TokenTable embed_tokens;
    std::vector<T5Block> blocks;
    RmsNorm final_layer_norm;

    /// The root scope of a text_encoder directory.
    T5Encoder(const Weights& weights, const T5Config& encoder_config);

    /// ids of one text, without padding -> hidden states [1, tokens, d_model] in the weights' type. Padded
    /// positions would be masked and could change nothing, so they are not computed. Throws Stopped before
    /// each work unit.
    at::Tensor forward(std::span<const std::int64_t> ids, const std::stop_token& stop = {}) const;
};

/// Reads config.json and the weights of a text_encoder directory. Throws Error{user}; Stopped.
T5Encoder load_t5_encoder(const std::filesystem::path& directory, WeightOptions options = {});

/// The weights from `source`, a directory or a file in any layout (see index_weights).
T5Encoder
load_t5_encoder(const T5Config& config, const std::filesystem::path& source, WeightOptions options = {});

} // namespace rushes
