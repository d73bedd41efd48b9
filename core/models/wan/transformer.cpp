#include "models/wan/transformer.h"

#include "base/error.h"
#include "nn/attention.h"

#include <cmath>
#include <numeric>

#include <ATen/ATen.h>

namespace rushes::wan {

namespace {

constexpr std::int64_t text_length = 512; ///< the pipeline pads embeddings to it with zeros

at::Tensor split_heads(const at::Tensor& x, std::int64_t heads) {
    return x.unflatten(-1, {heads, -1});
}

Linear patch_linear(const Weights& weights, const TransformerConfig& c) {
    Linear linear;
    linear.weight =
        weights.tensor("weight", {c.dim(), c.in_channels, c.patch_frames, c.patch_height, c.patch_width})
            .flatten(1);
    linear.bias = weights.tensor("bias", {c.dim()});
    return linear;
}

/// norm(x) * (1 + scale) + shift with one rounding at the end. scale and shift are [groups, 1, dim].
at::Tensor modulated_norm(const at::Tensor& x, const at::Tensor& scale, const at::Tensor& shift, double eps) {
    const std::int64_t dim = x.size(-1);
    const at::Tensor wide = x.to(scale.scalar_type());
    if (x.size(0) == 1) {
        return at::layer_norm(wide, {dim}, (scale + 1).view(dim), shift.reshape(dim), eps)
            .to(x.scalar_type());
    }
    return at::addcmul(shift, at::layer_norm(wide, {dim}, {}, {}, eps), scale + 1).to(x.scalar_type());
}

/// x + y * gate in the wide type, then rounded.
at::Tensor gated_sum(const at::Tensor& x, const at::Tensor& y, const at::Tensor& gate) {
    const auto wide = gate.scalar_type();
    return at::addcmul(x.to(wide), y.to(wide), gate).to(x.scalar_type());
}

} // namespace

at::Tensor timestep_sinusoid(const at::Tensor& timesteps, std::int64_t size) {
    const std::int64_t half = size / 2;
    const at::Tensor exponents = at::arange(half, timesteps.options().dtype(at::kFloat)) *
                                 -std::log(10000.0) / static_cast<double>(half);
    const at::Tensor angles = timesteps.to(at::kFloat).unsqueeze(1) * exponents.exp();
    const at::Tensor result = at::cat({angles.cos(), angles.sin()}, 1);
    return size % 2 == 0 ? result : at::constant_pad_nd(result, {0, 1});
}

FusedQkv::FusedQkv(const Weights& attention, std::int64_t dim) {
    const Linear q(attention["to_q"], dim, dim);
    const Linear k(attention["to_k"], dim, dim);
    const Linear v(attention["to_v"], dim, dim);
    linear.weight = at::cat({q.weight, k.weight, v.weight});
    linear.bias = at::cat({q.bias, k.bias, v.bias});
}

CrossAttention::CrossAttention(const Weights& weights, const TransformerConfig& c)
    : to_q(weights["to_q"], c.dim(), c.dim()),
      to_k(weights["to_k"], c.dim(), c.dim()),
      to_v(weights["to_v"], c.dim(), c.dim()),
      to_out(weights["to_out"][0], c.dim(), c.dim()),
      norm_q(weights["norm_q"], c.dim(), c.eps),
      norm_k(weights["norm_k"], c.dim(), c.eps) {}

at::Tensor CrossAttention::forward(
    const at::Tensor& x, const at::Tensor& keys, const at::Tensor& values, const at::Tensor& bias
) const {
    const at::Tensor q =
        split_heads(norm_q.forward(to_q.forward(x)).flatten(0, 1).unsqueeze(0), keys.size(2));
    return to_out.forward(attend(q, keys, values, bias)).view(x.sizes());
}

Block::Block(const Weights& weights, const TransformerConfig& c, std::size_t layer)
    : index(layer),
      config(c),
      scale_shift_table(weights.as(compute_type(weights.dtype())).tensor("scale_shift_table", {1, 6, c.dim()})
      ),
      to_qkv(weights["attn1"], c.dim()),
      to_out(weights["attn1"]["to_out"][0], c.dim(), c.dim()),
      norm_q(weights["attn1"]["norm_q"], c.dim(), c.eps),
      norm_k(weights["attn1"]["norm_k"], c.dim(), c.eps),
      attn2(weights["attn2"], c),
      ffn_in(weights["ffn"]["net"][0]["proj"], c.dim(), c.ffn_dim),
      ffn_out(weights["ffn"]["net"][2], c.ffn_dim, c.dim()) {
    if (c.cross_attn_norm) {
        norm2 = LayerNorm(weights["norm2"].as(compute_type(weights.dtype())), c.dim(), c.eps);
    }
}

/// shift, scale, gate of self-attention, then of the feed-forward: six times [groups, 1, dim].
std::vector<at::Tensor> Block::modulations(const at::Tensor& modulation) const {
    return (scale_shift_table + modulation).split(1, 1);
}

Block::Qkv Block::qkv(const at::Tensor& x, const std::vector<at::Tensor>& m) const {
    const at::Tensor fused =
        to_qkv.linear.forward(modulated_norm(x, m[1], m[0], config.eps)).flatten(0, 1).unsqueeze(0);
    const auto parts = fused.chunk(3, -1);
    return {
        split_heads(norm_q.forward(parts[0]), config.heads),
        split_heads(norm_k.forward(parts[1]), config.heads),
        split_heads(parts[2], config.heads)
    };
}

void Block::remember(const at::Tensor& x, const at::Tensor& modulation, SelfAttention& self_attention) const {
    const Qkv tokens = qkv(x, modulations(modulation));
    self_attention.remember(index, tokens.k, tokens.v);
}

at::Tensor Block::forward(
    at::Tensor x, const at::Tensor& modulation, const TextContext& text, SelfAttention& self_attention
) const {
    const std::vector<at::Tensor> m = modulations(modulation);
    const Qkv tokens = qkv(x, m);
    const at::Tensor seen =
        to_out.forward(self_attention.attend(index, tokens.q, tokens.k, tokens.v)).view(x.sizes());
    x = gated_sum(x, seen, m[2]);

    const at::Tensor normed = norm2.size > 0 ? norm2.forward(x) : x;
    x = x + attn2.forward(normed, text.keys[index], text.values[index], text.bias);

    const at::Tensor hidden = ffn_in.forward(modulated_norm(x, m[4], m[3], config.eps));
    return gated_sum(x, ffn_out.forward(at::gelu(hidden, "tanh")), m[5]);
}

Transformer::Transformer(const TransformerConfig& c, const Weights& weights)
    : config_(c),
      options_(at::TensorOptions(weights.device()).dtype(weights.dtype())),
      rotary_(c.head_dim, c.rope_max_seq_len, options_.dtype(compute_type(weights.dtype()))),
      patch_embedding_(patch_linear(weights["patch_embedding"], c)) {
    const Weights wide = weights.as(compute_type(weights.dtype()));
    const Weights condition = weights["condition_embedder"];
    const Weights time = wide["condition_embedder"]["time_embedder"];
    time_in_ = Linear(time["linear_1"], c.freq_dim, c.dim());
    time_out_ = Linear(time["linear_2"], c.dim(), c.dim());
    time_proj_ = Linear(condition["time_proj"], c.dim(), 6 * c.dim());
    text_in_ = Linear(condition["text_embedder"]["linear_1"], c.text_dim, c.dim());
    text_out_ = Linear(condition["text_embedder"]["linear_2"], c.dim(), c.dim());
    for (std::int64_t i = 0; i < c.layers; ++i) {
        blocks_.emplace_back(weights["blocks"][i], c, static_cast<std::size_t>(i));
    }
    scale_shift_table_ = wide.tensor("scale_shift_table", {1, 2, c.dim()});
    proj_out_ = Linear(
        weights["proj_out"], c.dim(), c.out_channels * c.patch_frames * c.patch_height * c.patch_width
    );
}

// Note [zero padding of the text]
// The pipeline pads text embeddings with zeros to 512 tokens, and the reference attends to all of them
// without a mask: what the text embedder makes of a zero is a key and a value like any other, 512 - n times.
// Equal keys have equal scores s, and their part of the softmax, (512 - n) * exp(s), is exp(s + log(512 -
// n)). So one such token with that logarithm added to its score stands for all of them: exact, and
// cross-attention over n + 1 tokens instead of 512.
TextContext Transformer::text_context(const at::Tensor& embeddings) const {
    const std::int64_t tokens = embeddings.size(1);
    const std::int64_t padding = text_length - tokens;
    if (padding < 0 || embeddings.size(2) != config_.text_dim) {
        throw Error(
            ErrorKind::user,
            "The text encoder gives " + std::to_string(tokens) + " tokens of " +
                std::to_string(embeddings.size(2)) + " numbers, and the transformer takes at most " +
                std::to_string(text_length) + " of " + std::to_string(config_.text_dim) + "."
        );
    }
    TextContext context;
    at::Tensor text = embeddings.to(options_);
    if (padding > 0) {
        text = at::constant_pad_nd(text, {0, 0, 0, 1});
        const auto wide = compute_type(options_.dtype().toScalarType());
        context.bias = at::zeros({1, 1, 1, tokens + 1}, options_.dtype(wide));
        context.bias.select(3, tokens).fill_(std::log(static_cast<double>(padding)));
    }
    text = text_out_.forward(at::gelu(text_in_.forward(text), "tanh"));
    for (const Block& block : blocks_) {
        const CrossAttention& attention = block.attn2;
        context.keys.push_back(
            split_heads(attention.norm_k.forward(attention.to_k.forward(text)), config_.heads)
        );
        context.values.push_back(split_heads(attention.to_v.forward(text), config_.heads));
    }
    return context;
}

Transformer::TimeEmbedding Transformer::embed_time(const at::Tensor& timesteps) const {
    const auto dtype = options_.dtype().toScalarType();
    const at::Tensor sinusoid =
        timestep_sinusoid(timesteps.to(options_.device()), config_.freq_dim).to(compute_type(dtype));
    TimeEmbedding result;
    // In bf16 the reference rounds here, although everything around it is fp32.
    result.temb = time_out_.forward(at::silu(time_in_.forward(sinusoid))).to(dtype);
    result.modulation =
        time_proj_.forward(at::silu(result.temb)).unflatten(-1, {6, config_.dim()}).to(compute_type(dtype));
    return result;
}

/// [1, C, T, h, w] -> [groups, T * rows * columns / groups, dim]; a patch's numbers in the order channel,
/// row, column.
at::Tensor Transformer::patchify(const at::Tensor& latents, std::int64_t groups) const {
    const std::int64_t ph = config_.patch_height;
    const std::int64_t pw = config_.patch_width;
    const at::Tensor patches = latents.to(options_)
                                   .squeeze(0)
                                   .unflatten(3, {-1, pw})
                                   .unflatten(2, {-1, ph})
                                   .permute({1, 2, 4, 0, 3, 5})
                                   .reshape({groups, -1, config_.in_channels * ph * pw});
    return patch_embedding_.forward(patches);
}

/// tokens [groups, n, patch * out_channels]; a patch's numbers in the order row, column, channel.
at::Tensor Transformer::unpatchify(const at::Tensor& tokens, at::IntArrayRef shape) const {
    const std::int64_t ph = config_.patch_height;
    const std::int64_t pw = config_.patch_width;
    return tokens.reshape({shape[2], shape[3] / ph, shape[4] / pw, ph, pw, config_.out_channels})
        .permute({5, 0, 1, 3, 2, 4})
        .reshape({1, config_.out_channels, shape[2], shape[3], shape[4]});
}

at::Tensor Transformer::forward(
    const at::Tensor& latents,
    const at::Tensor& timesteps,
    const TextContext& text,
    SelfAttention& self_attention,
    const std::stop_token& stop
) const {
    const TimeEmbedding time = embed_time(timesteps);
    at::Tensor x = patchify(latents, timesteps.size(0));
    for (const Block& block : blocks_) {
        throw_if_stopped(stop);
        x = block.forward(std::move(x), time.modulation, text, self_attention);
    }
    const auto head = (scale_shift_table_ + time.temb.unsqueeze(1)).split(1, 1); // shift, scale
    return unpatchify(proj_out_.forward(modulated_norm(x, head[1], head[0], config_.eps)), latents.sizes());
}

void Transformer::remember(
    const at::Tensor& latents,
    const at::Tensor& timesteps,
    const TextContext& text,
    SelfAttention& self_attention,
    const std::stop_token& stop
) const {
    const TimeEmbedding time = embed_time(timesteps);
    at::Tensor x = patchify(latents, timesteps.size(0));
    for (const Block& block : blocks_) {
        throw_if_stopped(stop);
        if (block.index + 1 == blocks_.size()) {
            block.remember(x, time.modulation, self_attention);
        } else {
            x = block.forward(std::move(x), time.modulation, text, self_attention);
        }
    }
}

FullAttention Transformer::full_attention(std::array<std::int64_t, 3> size) const {
    std::vector<std::int64_t> frames(static_cast<std::size_t>(size[0]));
    std::iota(frames.begin(), frames.end(), 0);
    return FullAttention(rotary_.table(frames, size[1] / config_.patch_height, size[2] / config_.patch_width)
    );
}

} // namespace rushes::wan
