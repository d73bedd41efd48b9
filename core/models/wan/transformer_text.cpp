// What the layers of a transformer attend to beside the clip: text, and states of pictures.
#include "base/error.h"
#include "models/wan/transformer.h"
#include "nn/attention.h"

#include <cmath>

#include <ATen/ATen.h>

namespace rushes::wan {

namespace {

constexpr std::int64_t text_length = 512; ///< the pipeline pads embeddings to it with zeros

} // namespace

TextContext TextContext::side(std::int64_t index) const {
    TextContext result;
    for (std::size_t layer = 0; layer < keys.size(); ++layer) {
        result.keys.push_back(keys[layer].narrow(0, index, 1));
        result.values.push_back(values[layer].narrow(0, index, 1));
    }
    result.bias = bias;
    result.image_keys = image_keys;
    result.image_values = image_values;
    return result;
}

// Note [zero padding of the text]
// The pipeline pads text embeddings with zeros to 512 tokens, and the reference attends to all of them
// without a mask: what the text embedder makes of a zero is a key and a value like any other, 512 - n times.
// Equal keys have equal scores s, and their part of the softmax, (512 - n) * exp(s), is exp(s + log(512 -
// n)). So one such token with that logarithm added to its score stands for all of them: exact, and
// cross-attention over n + 1 tokens instead of 512.
// That is for the CPU. A GPU's kernels take a bias in the type of the queries only, and in bf16 the logarithm
// of 490 is off by up to 0.016; there the text is padded as in the reference, which costs a hundredth.
TextContext Transformer::text_context(
    const at::Tensor& embeddings, const std::stop_token& stop, const at::Tensor& image
) const {
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
    if (padding > 0 && !options_.device().is_cpu()) {
        text = at::constant_pad_nd(text, {0, 0, 0, padding});
    } else if (padding > 0) {
        text = at::constant_pad_nd(text, {0, 0, 0, 1});
        const auto wide = compute_type(options_.dtype().toScalarType());
        context.bias = at::zeros({1, 1, 1, tokens + 1}, options_.dtype(wide));
        context.bias.select(3, tokens).fill_(std::log(static_cast<double>(padding)));
    }
    text = text_out_.forward(at::gelu(text_in_.forward(text, stop), "tanh"), stop);
    context.keys.resize(blocks_.size());
    context.values.resize(blocks_.size());
    std::optional<Block> streamed;
    for (std::size_t place = 0; place < blocks_.size(); ++place) {
        const Block& block = on_device(place, streamed);
        const CrossAttention& attention = block.attn2;
        context.keys[block.index] =
            split_heads(attention.norm_k.forward(attention.to_k.forward(text, stop)), config_.heads);
        context.values[block.index] = split_heads(attention.to_v.forward(text, stop), config_.heads);
    }
    if (image_embedder_) {
        add_image(context, image, stop);
    }
    return context;
}

void Transformer::add_image(TextContext& context, const at::Tensor& states, const std::stop_token& stop)
    const {
    const std::int64_t positions = config_.image_positions;
    if (!states.defined() || (positions > 0 && states.size(1) != positions)) {
        throw Error(ErrorKind::bug, "The transformer was given other states of pictures than it takes.");
    }
    const at::Tensor image = image_embedder_->forward(states.to(options_), stop);
    context.image_keys.resize(blocks_.size());
    context.image_values.resize(blocks_.size());
    std::optional<Block> streamed;
    for (std::size_t place = 0; place < blocks_.size(); ++place) {
        const Block& block = on_device(place, streamed);
        const CrossAttention& attention = block.attn2;
        context.image_keys[block.index] =
            split_heads(attention.norm_added_k.forward(attention.add_k.forward(image, stop)), config_.heads);
        context.image_values[block.index] = split_heads(attention.add_v.forward(image, stop), config_.heads);
    }
}

} // namespace rushes::wan
