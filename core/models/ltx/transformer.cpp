#include "models/ltx/transformer.h"

#include "nn/attention.h"

#include <algorithm>
#include <array>
#include <utility>

#include <ATen/ATen.h>

namespace rushes::ltx {

namespace {

constexpr double qk_norm_eps = 1e-5;
constexpr double head_norm_eps = 1e-6;
constexpr std::int64_t sinusoid_size = 256;
constexpr double masked = -10000; ///< added to the scores of what is no text, as in the reference

Linear qkv_of(const Weights& weights, std::int64_t dim, Bias bias) {
    const std::array<Weights, 3> layers{weights["to_q"], weights["to_k"], weights["to_v"]};
    return Linear::stacked(layers, dim, dim, bias);
}

Bias bias_if(bool has_bias) {
    return has_bias ? Bias::yes : Bias::no;
}

} // namespace

TextContext TextContext::side(std::int64_t index) const {
    TextContext result;
    for (std::size_t layer = 0; layer < keys.size(); ++layer) {
        result.keys.push_back(keys[layer].narrow(0, index, 1));
        result.values.push_back(values[layer].narrow(0, index, 1));
    }
    result.bias = bias.defined() ? bias.narrow(0, index, 1) : at::Tensor();
    return result;
}

CrossAttention::CrossAttention(const Weights& weights, const TransformerConfig& c)
    : to_q(weights["to_q"], c.dim(), c.dim(), bias_if(c.attention_bias)),
      to_k(weights["to_k"], c.dim(), c.dim(), bias_if(c.attention_bias)),
      to_v(weights["to_v"], c.dim(), c.dim(), bias_if(c.attention_bias)),
      to_out(weights["to_out"][0], c.dim(), c.dim(), bias_if(c.attention_out_bias)),
      norm_q(weights["norm_q"], c.dim(), qk_norm_eps),
      norm_k(weights["norm_k"], c.dim(), qk_norm_eps) {}

Block::Block(const Weights& weights, const TransformerConfig& c)
    : config(c),
      dtype(weights.dtype()),
      to_qkv(qkv_of(weights["attn1"], c.dim(), bias_if(c.attention_bias))),
      to_out(weights["attn1"]["to_out"][0], c.dim(), c.dim(), bias_if(c.attention_out_bias)),
      norm_q(weights["attn1"]["norm_q"], c.dim(), qk_norm_eps),
      norm_k(weights["attn1"]["norm_k"], c.dim(), qk_norm_eps),
      attn2(weights["attn2"], c),
      ffn_in(weights["ff"]["net"][0]["proj"], c.dim(), c.ffn_dim()),
      ffn_out(weights["ff"]["net"][2], c.ffn_dim(), c.dim()) {}

/// Queries and keys are turned before they are split into heads.
at::Tensor
Block::self_attention(const at::Tensor& x, const RotaryTable& positions, const std::stop_token& stop) const {
    const at::Tensor fused = to_qkv.forward(x, stop).flatten(1, 2);
    const auto parts = fused.chunk(3, -1);
    const auto turned = [&](const at::Tensor& part) {
        return split_heads(rotate(part.unsqueeze(2), positions).squeeze(2), config.heads);
    };
    const at::Tensor seen = attend(
        turned(norm_q.forward(parts[0])),
        turned(norm_k.forward(parts[1])),
        split_heads(parts[2], config.heads),
        {},
        stop
    );
    return to_out.forward(seen, stop).view(x.sizes());
}

at::Tensor Block::cross_attention(
    const at::Tensor& x, const TextContext& text, std::size_t layer, const std::stop_token& stop
) const {
    const at::Tensor q =
        split_heads(attn2.norm_q.forward(attn2.to_q.forward(x, stop)).flatten(1, 2), config.heads);
    const at::Tensor seen = attend(q, text.keys[layer], text.values[layer], text.bias, stop);
    return attn2.to_out.forward(seen, stop).view(x.sizes());
}

at::Tensor Block::forward(
    at::Tensor x,
    const TimeContext::Layer& time,
    const TextContext& text,
    std::size_t layer,
    const RotaryTable& positions,
    const std::stop_token& stop
) const {
    const auto& [attention, feed_forward] = time;
    const auto normed = [&](const Modulation& modulation) {
        return modulated_rms_norm(x, modulation, config.norm_eps, dtype);
    };
    x = gated_sum(x, self_attention(normed(attention), positions, stop), attention.gate);
    x = x + cross_attention(x.to(dtype), text, layer, stop); // without a norm of its own
    const at::Tensor hidden = ffn_in.forward_gelu(normed(feed_forward), stop);
    return gated_sum(x, ffn_out.forward(hidden, stop), feed_forward.gate);
}

Transformer::Transformer(const TransformerConfig& c, const Weights& weights)
    : config_(c), options_(at::TensorOptions(weights.device()).dtype(weights.dtype())), weights_(weights) {
    reload();
}

void Transformer::reload() {
    const TransformerConfig& c = config_;
    const Weights wide = weights_.as(compute_type(weights_.dtype()));
    std::vector<at::Tensor> tables;
    for (std::int64_t i = 0; i < c.layers; ++i) {
        Block block(weights_["transformer_blocks"][i], c);
        if (i < std::ssize(blocks_)) {
            blocks_[static_cast<std::size_t>(i)] = std::move(block);
        } else {
            blocks_.push_back(std::move(block));
        }
        tables.push_back(wide["transformer_blocks"][i].tensor("scale_shift_table", {6, c.dim()}));
    }
    block_tables_ = at::stack(tables).unsqueeze(1);
    scale_shift_table_ = wide.tensor("scale_shift_table", {2, c.dim()}).unsqueeze(0);
    proj_in_ = Linear(weights_["proj_in"], c.channels, c.dim());
    const Weights embedder = weights_["time_embed"]["emb"]["timestep_embedder"];
    time_in_ = Linear(embedder["linear_1"], sinusoid_size, c.dim());
    time_out_ = Linear(embedder["linear_2"], c.dim(), c.dim());
    time_proj_ = Linear(weights_["time_embed"]["linear"], c.dim(), 6 * c.dim());
    caption_in_ = Linear(weights_["caption_projection"]["linear_1"], c.caption_channels, c.dim());
    caption_out_ = Linear(weights_["caption_projection"]["linear_2"], c.dim(), c.dim());
    proj_out_ = Linear(weights_["proj_out"], c.dim(), c.channels);
}

TextContext
Transformer::text_context(const TextEmbeddings& text, bool guided, const std::stop_token& stop) const {
    std::vector<at::Tensor> sides{text.prompt};
    if (guided) {
        sides.push_back(text.negative);
    }
    std::int64_t tokens = 0;
    bool ragged = false;
    for (const at::Tensor& side : sides) {
        ragged = ragged || side.size(1) != sides.front().size(1);
        tokens = std::max(tokens, side.size(1));
    }
    TextContext context;
    if (ragged) {
        context.bias = at::zeros({std::ssize(sides), 1, 1, tokens}, options_);
    }
    for (std::size_t i = 0; i < sides.size(); ++i) {
        const std::int64_t own = sides[i].size(1);
        if (own < tokens) {
            context.bias[static_cast<std::int64_t>(i)].narrow(2, own, tokens - own).fill_(masked);
        }
        sides[i] = at::constant_pad_nd(sides[i], {0, 0, 0, tokens - own});
    }
    const at::Tensor hidden = caption_in_.forward_gelu(at::cat(sides).to(options_), stop);
    const at::Tensor states = caption_out_.forward(hidden, stop);
    for (const Block& block : blocks_) {
        const CrossAttention& attention = block.attn2;
        context.keys.push_back(
            split_heads(attention.norm_k.forward(attention.to_k.forward(states, stop)), config_.heads)
        );
        context.values.push_back(split_heads(attention.to_v.forward(states, stop), config_.heads));
    }
    return context;
}

TimeContext Transformer::time_context(const at::Tensor& timesteps) const {
    const at::ScalarType dtype = options_.dtype().toScalarType();
    const at::Tensor sinusoid = timestep_sinusoid(timesteps.to(options_.device()), sinusoid_size).to(dtype);
    const at::Tensor temb = time_out_.forward(at::silu(time_in_.forward(sinusoid)));
    const at::Tensor projected =
        time_proj_.forward(at::silu(temb)).unflatten(-1, {6, config_.dim()}).to(compute_type(dtype));
    TimeContext context;
    context.groups = timesteps.size(0);
    const at::Tensor tables = block_tables_ + projected.unsqueeze(0); // [layers, groups, 6, dim]
    add_ones(tables, {1, 4});
    for (std::int64_t layer = 0; layer < config_.layers; ++layer) {
        const at::Tensor table = tables.select(0, layer);
        context.layers.push_back({modulation_of(table, 0), modulation_of(table, 3)});
    }
    const at::Tensor head = scale_shift_table_ + temb.unsqueeze(1);
    add_ones(head, {1});
    context.head = modulation_of(head, 0);
    return context;
}

at::Tensor Transformer::forward(
    const at::Tensor& latents,
    const TimeContext& time,
    const TextContext& text,
    const RotaryTable& positions,
    const std::stop_token& stop,
    const ShareDone& done
) const {
    const at::ScalarType dtype = options_.dtype().toScalarType();
    const at::Tensor tokens = latents.to(options_).flatten(2).transpose(1, 2); // [1, T * h * w, channels]
    at::Tensor x = proj_in_.forward(tokens, stop)
                       .to(compute_type(dtype))
                       .view({1, time.groups, -1, config_.dim()})
                       .expand({text.sides(), -1, -1, -1});
    for (std::size_t layer = 0; layer < blocks_.size(); ++layer) {
        x = blocks_[layer].forward(std::move(x), time.layers[layer], text, layer, positions, stop);
        if (done) {
            done(static_cast<double>(layer + 1) / static_cast<double>(blocks_.size()));
        }
    }
    const at::Tensor normed = modulated_norm(x, time.head, head_norm_eps, dtype);
    std::vector<std::int64_t> shape = latents.sizes().vec();
    shape.front() = text.sides();
    return proj_out_.forward(normed, stop).flatten(1, 2).transpose(1, 2).reshape(shape);
}

} // namespace rushes::ltx
