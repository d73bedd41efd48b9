#include "models/unet/transformer.h"

#include "nn/attention.h"
#include "nn/conv2d.h"

#include <ATen/ATen.h>

namespace rushes {

namespace {

constexpr double layer_norm_eps = 1e-5;
constexpr double group_norm_eps = 1e-6;
constexpr std::int64_t widening = 4; // of the feed-forward layer

Linear projection(const Weights& weights, std::int64_t channels, bool linear) {
    return linear ? Linear(weights, channels, channels) : pointwise(weights, channels, channels);
}

} // namespace

AttentionLayer::AttentionLayer(
    const Weights& weights, std::int64_t size, std::int64_t context, std::int64_t head_count
)
    : to_q(weights["to_q"], size, size, Bias::no),
      to_k(weights["to_k"], context, size, Bias::no),
      to_v(weights["to_v"], context, size, Bias::no),
      to_out(weights["to_out"][0], size, size),
      heads(head_count) {}

at::Tensor AttentionLayer::split(const at::Tensor& x) const {
    return split_heads(x, heads);
}

TransformerBlock::TransformerBlock(
    const Weights& weights, std::int64_t size, std::int64_t text_dim, std::int64_t heads
)
    : norm1(weights["norm1"], size, layer_norm_eps),
      norm2(weights["norm2"], size, layer_norm_eps),
      norm3(weights["norm3"], size, layer_norm_eps),
      attn1(weights["attn1"], size, size, heads),
      attn2(weights["attn2"], size, text_dim, heads),
      ff(weights["ff"], size, widening * size) {}

TextKeys TransformerBlock::text_keys(const at::Tensor& text, const std::stop_token& stop) const {
    return {attn2.split(attn2.to_k.forward(text, stop)), attn2.split(attn2.to_v.forward(text, stop))};
}

at::Tensor
TransformerBlock::forward(const at::Tensor& x, const TextKeys& text, const std::stop_token& stop) const {
    const at::Tensor normed = norm1.forward(x);
    const auto of = [&](const Linear& to) { return attn1.split(to.forward(normed, stop)); };
    at::Tensor h =
        x + attn1.to_out.forward(attend(of(attn1.to_q), of(attn1.to_k), of(attn1.to_v), {}, stop), stop);
    // All frames of a side ask the same text: as if they were one long picture.
    const at::Tensor q = attn2.to_q.forward(norm2.forward(h), stop).view({text.k.size(0), -1, h.size(2)});
    const at::Tensor seen = attend(attn2.split(q), text.k, text.v, {}, stop);
    h.add_(attn2.to_out.forward(seen, stop).view(h.sizes()));
    return h.add_(ff.forward(norm3.forward(h), stop));
}

SpatialTransformer::SpatialTransformer(const Weights& weights, const Shape& shape)
    : norm(weights["norm"], shape.channels, shape.groups, group_norm_eps),
      proj_in(projection(weights["proj_in"], shape.channels, shape.linear_projection)),
      proj_out(projection(weights["proj_out"], shape.channels, shape.linear_projection)) {
    for (std::int64_t i = 0; i < shape.layers; ++i) {
        blocks.emplace_back(weights["transformer_blocks"][i], shape.channels, shape.text_dim, shape.heads);
    }
}

at::Tensor SpatialTransformer::forward(
    const at::Tensor& x, std::span<const TextKeys> text, const std::stop_token& stop
) const {
    at::Tensor h = proj_in.forward(norm.forward(x, stop).flatten(1, 2), stop);
    for (std::size_t i = 0; i < blocks.size(); ++i) {
        h = blocks[i].forward(h, text[i], stop);
    }
    return proj_out.forward(h, stop).view(x.sizes()).add_(x);
}

} // namespace rushes
