#include "text/clip_encoder.h"

#include "base/error.h"
#include "nn/attention.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include <ATen/ATen.h>

namespace rushes {

namespace {

void activate_(at::Tensor& x, ClipConfig::Activation activation) {
    if (activation == ClipConfig::Activation::gelu) {
        x = at::gelu(x);
    } else {
        x.mul_(at::sigmoid(x * 1.702));
    }
}

/// Nobody sees what comes later.
at::Tensor causal_mask(std::int64_t tokens, const at::TensorOptions& options) {
    return at::full({1, 1, tokens, tokens}, -std::numeric_limits<double>::infinity(), options).triu_(1);
}

} // namespace

ClipBlock::ClipBlock(const Weights& weights, const ClipConfig& config)
    : layer_norm1(weights["layer_norm1"], config.hidden_size, config.layer_norm_eps),
      out(weights["self_attn"]["out_proj"], config.hidden_size, config.hidden_size),
      layer_norm2(weights["layer_norm2"], config.hidden_size, config.layer_norm_eps),
      fc1(weights["mlp"]["fc1"], config.hidden_size, config.intermediate_size),
      fc2(weights["mlp"]["fc2"], config.intermediate_size, config.hidden_size),
      heads(config.heads),
      activation(config.activation) {
    const std::int64_t size = config.hidden_size;
    const Weights attention = weights["self_attn"];
    if (!attention.has("qkv_proj.weight")) {
        q = Linear(attention["q_proj"], size, size);
        k = Linear(attention["k_proj"], size, size);
        v = Linear(attention["v_proj"], size, size);
        return;
    }
    const at::Tensor rows = attention["qkv_proj"].tensor("weight", {3 * size, size});
    const at::Tensor bias = attention["qkv_proj"].tensor("bias", {3 * size});
    const auto part = [&](std::int64_t index) {
        return Linear(rows.narrow(0, index * size, size), bias.narrow(0, index * size, size));
    };
    q = part(0);
    k = part(1);
    v = part(2);
}

at::Tensor
ClipBlock::forward(const at::Tensor& x, const at::Tensor& mask, const std::stop_token& stop) const {
    const at::Tensor normed = layer_norm1.forward(x);
    const auto split = [&](const Linear& projection) {
        return split_heads(projection.forward(normed, stop), heads);
    };
    const at::Tensor attended = x + out.forward(attend(split(q), split(k), split(v), mask, stop), stop);
    at::Tensor wide = fc1.forward(layer_norm2.forward(attended), stop);
    activate_(wide, activation);
    return attended + fc2.forward(wide, stop);
}

ClipEncoder::ClipEncoder(const Weights& weights, const ClipConfig& config) : config_(config) {
    const Weights inner = weights["text_model"];
    const Weights model = inner.has("final_layer_norm.weight") ? inner : weights;
    token_embedding_ =
        Embedding(model["embeddings"]["token_embedding"], config.vocab_size, config.hidden_size);
    position_embedding_ =
        model["embeddings"]["position_embedding"].tensor("weight", {config.positions, config.hidden_size});
    for (std::int64_t i = 0; i < config.layers; ++i) {
        blocks_.emplace_back(model["encoder"]["layers"][i], config);
    }
    final_layer_norm_ = LayerNorm(model["final_layer_norm"], config.hidden_size, config.layer_norm_eps);
    if (config.projection_dim > 0) {
        text_projection_ =
            Linear(weights["text_projection"], config.hidden_size, config.projection_dim, Bias::no);
    }
}

at::Tensor
ClipEncoder::run(std::span<const std::int64_t> ids, std::int64_t layers, const std::stop_token& stop) const {
    const auto tokens = static_cast<std::int64_t>(ids.size());
    const auto known = [&](std::int64_t id) { return id >= 0 && id < config_.vocab_size; };
    if (!std::ranges::all_of(ids, known)) {
        throw Error(
            ErrorKind::user,
            "The tokenizer has more pieces than the text encoder knows: they do not belong together."
        );
    }
    if (tokens < 1 || tokens > config_.positions || layers < 1 || layers > config_.layers) {
        throw Error(
            ErrorKind::user,
            "The text encoder takes up to " + std::to_string(config_.positions) + " pieces and has " +
                std::to_string(config_.layers) + " layers, asked for were " + std::to_string(tokens) +
                " without the last " + std::to_string(config_.layers - layers) + "."
        );
    }
    const at::Tensor places = at::tensor(at::ArrayRef<std::int64_t>(ids.data(), ids.size()))
                                  .unsqueeze(0)
                                  .to(position_embedding_.device());
    at::Tensor hidden = token_embedding_.forward(places) + position_embedding_.narrow(0, 0, tokens);
    const at::Tensor mask = causal_mask(tokens, hidden.options());
    for (std::int64_t i = 0; i < layers; ++i) {
        hidden = blocks_[static_cast<std::size_t>(i)].forward(hidden, mask, stop);
    }
    return hidden;
}

at::Tensor
ClipEncoder::forward(std::span<const std::int64_t> ids, int skip, const std::stop_token& stop) const {
    const at::InferenceMode guard;
    return final_layer_norm_.forward(run(ids, config_.layers - skip, stop));
}

ClipEncoder::States
ClipEncoder::states(std::span<const std::int64_t> ids, const std::stop_token& stop) const {
    const at::InferenceMode guard;
    const at::Tensor penultimate = run(ids, config_.layers - 1, stop);
    const at::Tensor mask = causal_mask(penultimate.size(1), penultimate.options());
    return {penultimate, final_layer_norm_.forward(blocks_.back().forward(penultimate, mask, stop))};
}

at::Tensor ClipEncoder::pooled(std::span<const std::int64_t> ids, const at::Tensor& hidden) const {
    constexpr std::int64_t older_files = 2;
    const auto end = config_.end_id == older_files ? std::ranges::max_element(ids)
                                                   : std::ranges::find(ids, config_.end_id);
    const std::int64_t place = end == ids.end() ? 0 : end - ids.begin();
    const at::InferenceMode guard;
    const at::Tensor state = hidden.select(1, place);
    return config_.projection_dim > 0 ? text_projection_.forward(state) : state;
}

at::Tensor weighed(const at::Tensor& hidden, const PromptChunk& chunk) {
    if (!chunk.weighted()) {
        return hidden;
    }
    const at::InferenceMode guard;
    const at::Tensor weights =
        at::tensor(chunk.weights).to(hidden.device(), hidden.scalar_type()).view({1, -1, 1});
    const at::Tensor product = hidden * weights;
    return product * (hidden.mean() / product.mean());
}

at::Tensor embed_chunks(
    const ClipEncoder& encoder, std::span<const PromptChunk> chunks, int skip, const std::stop_token& stop
) {
    const at::InferenceMode guard;
    std::vector<at::Tensor> states;
    for (const PromptChunk& chunk : chunks) {
        states.push_back(weighed(encoder.forward(chunk.ids, skip, stop), chunk));
    }
    return at::cat(states, 1);
}

ClipEncoder load_clip_encoder(const std::filesystem::path& directory, WeightOptions options) {
    const ClipConfig config = read_clip_config(directory);
    options.names = clip_names();
    const WeightStore store(directory, std::move(options));
    ClipEncoder encoder(store.root(), config);
    store.expect_all_used(left_over_in_clip);
    return encoder;
}

} // namespace rushes
