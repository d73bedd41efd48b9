#include "text/t5_encoder.h"

#include "base/error.h"
#include "nn/attention.h"
#include "text/t5_names.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <utility>

#include <ATen/ATen.h>

namespace rushes {

namespace {

RmsNorm t5_norm(const Weights& weights, const T5Config& config) {
    return {weights, config.d_model, config.layer_norm_epsilon, GainRounding::before_gain};
}

/// Published files hold the table under one of two names, or under both: the same numbers again.
TokenTable token_table(const Weights& weights, const T5Config& config) {
    const std::vector<std::int64_t> shape{config.vocab_size, config.d_model};
    const Weights shared = weights["shared"];
    const Weights embed_tokens = weights["encoder"]["embed_tokens"];
    if (shared.has("weight") && embed_tokens.has("weight")) {
        embed_tokens.table("weight", shape);
    }
    return {
        (shared.has("weight") ? shared : embed_tokens).table("weight", shape),
        at::TensorOptions().device(weights.device()).dtype(weights.dtype())
    };
}

at::Tensor activate(const at::Tensor& x, T5Config::Activation activation) {
    switch (activation) {
    case T5Config::Activation::gelu_new:
        return at::gelu(x, "tanh");
    case T5Config::Activation::gelu:
        return at::gelu(x);
    case T5Config::Activation::relu:
        return at::relu(x);
    }
    throw Error(ErrorKind::bug, "An activation without a function.");
}

} // namespace

at::Tensor
relative_position_buckets(std::int64_t tokens, std::int64_t num_buckets, std::int64_t max_distance) {
    const std::int64_t half = num_buckets / 2;
    const std::int64_t exact = half / 2;
    const at::Tensor position = at::arange(tokens, at::kLong);
    const at::Tensor relative = position.unsqueeze(0) - position.unsqueeze(1); // key - query
    const at::Tensor distance = relative.abs();
    const double scale = std::log(static_cast<double>(max_distance) / static_cast<double>(exact));
    const at::Tensor growth = (distance.to(at::kFloat) / exact).log() / scale * (half - exact);
    const at::Tensor far = (exact + growth.to(at::kLong)).clamp_max(half - 1);
    return (relative > 0).to(at::kLong) * half + at::where(distance < exact, distance, far);
}

at::Tensor TokenTable::forward(std::span<const std::int64_t> ids) const {
    return table.rows(ids).unsqueeze(0).to(options);
}

T5Attention::T5Attention(const Weights& weights, const T5Config& config, bool has_bias)
    : q(weights["q"], config.d_model, config.num_heads * config.d_kv, Bias::no),
      k(weights["k"], config.d_model, config.num_heads * config.d_kv, Bias::no),
      v(weights["v"], config.d_model, config.num_heads * config.d_kv, Bias::no),
      o(weights["o"], config.num_heads * config.d_kv, config.d_model, Bias::no),
      num_heads(config.num_heads) {
    if (has_bias) {
        relative_attention_bias = Embedding(
            weights["relative_attention_bias"], config.relative_attention_num_buckets, config.num_heads
        );
    }
}

at::Tensor T5Attention::position_bias(const at::Tensor& buckets) const {
    return relative_attention_bias.forward(buckets).permute({2, 0, 1}).unsqueeze(0).contiguous();
}

at::Tensor T5Attention::forward(
    const at::Tensor& x, const at::Tensor& position_bias, const std::stop_token& stop
) const {
    const auto heads = [&](const Linear& projection) {
        return split_heads(projection.forward(x, stop), num_heads); // [1, tokens, heads, d_kv]
    };
    return o.forward(attend(heads(q), heads(k), heads(v), position_bias, stop, 1.0), stop);
}

T5FeedForward::T5FeedForward(const Weights& weights, const T5Config& config)
    : wi_0(weights[config.gated ? "wi_0" : "wi"], config.d_model, config.d_ff, Bias::no),
      wo(weights["wo"], config.d_ff, config.d_model, Bias::no),
      activation(config.activation) {
    if (config.gated) {
        wi_1 = Linear(weights["wi_1"], config.d_model, config.d_ff, Bias::no);
    }
}

at::Tensor T5FeedForward::forward(const at::Tensor& x, const std::stop_token& stop) const {
    const at::Tensor wide = wi_0.forward(x, stop);
    const at::Tensor active = activate(wide, activation);
    return wo.forward(wi_1.defined() ? active * wi_1.forward(x, stop) : active, stop);
}

T5Block::T5Block(const Weights& weights, const T5Config& config, bool has_bias)
    : attention_norm(t5_norm(weights["layer"][0]["layer_norm"], config)),
      attention(weights["layer"][0]["SelfAttention"], config, has_bias),
      feed_forward_norm(t5_norm(weights["layer"][1]["layer_norm"], config)),
      feed_forward(weights["layer"][1]["DenseReluDense"], config) {}

at::Tensor
T5Block::forward(const at::Tensor& x, const at::Tensor& position_bias, const std::stop_token& stop) const {
    const at::Tensor attended = x + attention.forward(attention_norm.forward(x), position_bias, stop);
    return attended + feed_forward.forward(feed_forward_norm.forward(attended), stop);
}

T5Encoder::T5Encoder(const Weights& weights, const T5Config& encoder_config)
    : config(encoder_config), embed_tokens(token_table(weights, config)) {
    const Weights encoder = weights["encoder"];
    for (std::int64_t i = 0; i < config.num_layers; ++i) {
        blocks.emplace_back(encoder["block"][i], config, i == 0 || config.bias_in_every_block);
    }
    final_layer_norm = t5_norm(encoder["final_layer_norm"], config);
}

at::Tensor T5Encoder::forward(std::span<const std::int64_t> ids, const std::stop_token& stop) const {
    const auto is_known = [&](std::int64_t id) { return id >= 0 && id < config.vocab_size; };
    if (!std::ranges::all_of(ids, is_known)) {
        throw Error(
            ErrorKind::user,
            "The tokenizer has more pieces than the text encoder knows: they do not belong together."
        );
    }
    const at::InferenceMode guard;
    const auto tokens = static_cast<std::int64_t>(ids.size());
    const at::Tensor buckets =
        relative_position_buckets(
            tokens, config.relative_attention_num_buckets, config.relative_attention_max_distance
        )
            .to(embed_tokens.options.device());
    at::Tensor hidden = embed_tokens.forward(ids);
    at::Tensor bias;
    for (const T5Block& block : blocks) {
        if (block.attention.relative_attention_bias.weight.defined()) {
            bias = block.attention.position_bias(buckets);
        }
        hidden = block.forward(hidden, bias, stop);
    }
    return final_layer_norm.forward(hidden);
}

T5Encoder load_t5_encoder(const std::filesystem::path& directory, WeightOptions options) {
    return load_t5_encoder(read_t5_config(directory), directory, std::move(options));
}

T5Encoder
load_t5_encoder(const T5Config& config, const std::filesystem::path& source, WeightOptions options) {
    options.names = t5_names();
    const WeightStore store(source, std::move(options));
    T5Encoder encoder(store.root(), config);
    constexpr std::array<std::string_view, 1> the_tokenizer_once_more{"spiece_model"};
    store.expect_all_used(the_tokenizer_once_more);
    return encoder;
}

} // namespace rushes
