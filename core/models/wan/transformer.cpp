#include "models/wan/transformer.h"

#include "base/error.h"
#include "nn/attention.h"

#include <array>
#include <cmath>
#include <iterator>
#include <numeric>
#include <utility>

#include <ATen/ATen.h>

namespace rushes::wan {

namespace {

Linear qkv_of(const Weights& attention, std::int64_t dim) {
    const std::array layers{attention["to_q"], attention["to_k"], attention["to_v"]};
    return Linear::stacked(layers, dim, dim);
}

} // namespace

CrossAttention::CrossAttention(const Weights& weights, const TransformerConfig& c)
    : to_q(weights["to_q"], c.dim(), c.dim()),
      to_k(weights["to_k"], c.dim(), c.dim()),
      to_v(weights["to_v"], c.dim(), c.dim()),
      to_out(weights["to_out"][0], c.dim(), c.dim()),
      norm_q(weights["norm_q"], c.dim(), c.eps),
      norm_k(weights["norm_k"], c.dim(), c.eps) {
    if (c.image_dim > 0) {
        add_k = Linear(weights["add_k_proj"], c.dim(), c.dim());
        add_v = Linear(weights["add_v_proj"], c.dim(), c.dim());
        norm_added_k = RmsNorm(weights["norm_added_k"], c.dim(), c.eps);
    }
}

at::Tensor CrossAttention::forward(
    const at::Tensor& x, const TextContext& text, std::size_t layer, const std::stop_token& stop
) const {
    const at::Tensor& keys = text.keys[layer];
    const at::Tensor q = split_heads(norm_q.forward(to_q.forward(x, stop)).flatten(1, 2), keys.size(2));
    at::Tensor seen = attend(q, keys, text.values[layer], text.bias, stop);
    if (add_k.defined()) {
        const auto of_all_sides = [&](const at::Tensor& part) {
            return part.expand({q.size(0), -1, -1, -1});
        };
        seen =
            seen +
            attend(q, of_all_sides(text.image_keys[layer]), of_all_sides(text.image_values[layer]), {}, stop);
    }
    return to_out.forward(seen, stop).view(x.sizes());
}

ImageEmbedder::ImageEmbedder(const Weights& weights, const TransformerConfig& c) {
    constexpr double eps = 1e-5;
    const Weights wide = weights.as(compute_type(weights.dtype()));
    if (c.image_positions > 0) {
        positions = weights.tensor("pos_embed", {1, c.image_positions, c.image_dim});
    }
    norm1 = LayerNorm(wide["norm1"], c.image_dim, eps);
    ff_in = Linear(weights["ff"]["net"][0]["proj"], c.image_dim, c.image_dim);
    ff_out = Linear(weights["ff"]["net"][2], c.image_dim, c.dim());
    norm2 = LayerNorm(wide["norm2"], c.dim(), eps);
}

at::Tensor ImageEmbedder::forward(const at::Tensor& states, const std::stop_token& stop) const {
    const at::Tensor placed = positions.defined() ? states + positions : states;
    return norm2.forward(ff_out.forward(at::gelu(ff_in.forward(norm1.forward(placed), stop)), stop));
}

Block::Block(const Weights& weights, const TransformerConfig& c, std::size_t layer)
    : index(layer),
      config(c),
      dtype(weights.dtype()),
      to_qkv(qkv_of(weights["attn1"], c.dim())),
      to_out(weights["attn1"]["to_out"][0], c.dim(), c.dim()),
      norm_q(weights["attn1"]["norm_q"], c.dim(), c.eps),
      norm_k(weights["attn1"]["norm_k"], c.dim(), c.eps),
      attn2(weights["attn2"], c),
      ffn_in(weights["ffn"]["net"][0]["proj"], c.dim(), c.ffn_dim),
      ffn_out(weights["ffn"]["net"][2], c.ffn_dim, c.dim()) {
    const auto clip_layers = static_cast<std::size_t>(c.layers);
    if (layer >= clip_layers) {
        proj_out = Linear(weights["proj_out"], c.dim(), c.dim());
    }
    if (layer == clip_layers) {
        proj_in = Linear(weights["proj_in"], c.dim(), c.dim());
    }
    if (c.cross_attn_norm) {
        norm2 = LayerNorm(weights["norm2"].as(compute_type(weights.dtype())), c.dim(), c.eps);
    }
}

Block::Qkv Block::qkv(const at::Tensor& x, const Modulation& modulation, const std::stop_token& stop) const {
    const at::Tensor normed = modulated_norm(x, modulation, config.eps, dtype);
    const at::Tensor fused = to_qkv.forward(normed, stop).flatten(1, 2);
    const auto parts = fused.chunk(3, -1);
    return {
        split_heads(norm_q.forward(parts[0]), config.heads),
        split_heads(norm_k.forward(parts[1]), config.heads),
        split_heads(parts[2], config.heads)
    };
}

void Block::remember(
    const at::Tensor& x, const TimeContext& time, SelfAttention& self_attention, const std::stop_token& stop
) const {
    const Qkv tokens = qkv(x, time.layers[index].attention, stop);
    self_attention.remember(index, tokens.k, tokens.v);
}

at::Tensor Block::forward(
    at::Tensor x,
    const TimeContext& time,
    const TextContext& text,
    SelfAttention& self_attention,
    const std::stop_token& stop
) const {
    const auto& [attention, feed_forward] = time.layers[index];
    const Qkv tokens = qkv(x, attention, stop);
    const at::Tensor seen =
        to_out.forward(self_attention.attend(index, tokens.q, tokens.k, tokens.v, stop), stop)
            .view(x.sizes());
    x = gated_sum(x, seen, attention.gate);

    const at::Tensor normed =
        norm2.size > 0
            ? modulated_norm(x, {.shift = norm2.bias, .scale = norm2.weight, .gate = {}}, norm2.eps, dtype)
            : x.to(dtype);
    x = x + attn2.forward(normed, text, index, stop);

    const at::Tensor hidden = ffn_in.forward_gelu(modulated_norm(x, feed_forward, config.eps, dtype), stop);
    return gated_sum(x, ffn_out.forward(hidden, stop), feed_forward.gate);
}

std::vector<at::Tensor*> Block::tensors() {
    std::vector<at::Tensor*> all{
        &norm_q.weight,
        &norm_k.weight,
        &norm2.weight,
        &norm2.bias,
        &attn2.norm_q.weight,
        &attn2.norm_k.weight,
        &attn2.norm_added_k.weight
    };
    for (Linear* layer :
         {&to_qkv,
          &to_out,
          &attn2.to_q,
          &attn2.to_k,
          &attn2.to_v,
          &attn2.to_out,
          &attn2.add_k,
          &attn2.add_v,
          &ffn_in,
          &ffn_out,
          &proj_in,
          &proj_out}) {
        layer->add_tensors(all);
    }
    return all;
}

Transformer::Transformer(const TransformerConfig& c, const Weights& weights, BlocksIn blocks_in)
    : config_(c),
      options_(at::TensorOptions(weights.device()).dtype(weights.dtype())),
      rotary_(c.head_dim, c.rope_max_seq_len, options_.dtype(compute_type(weights.dtype()))),
      weights_(weights),
      blocks_in_(weights.device().is_cpu() ? BlocksIn::device : blocks_in) {
    reload();
}

/// In the order of blocks_.
Block Transformer::read_block(std::size_t place) const {
    std::int64_t layer = 0;
    std::int64_t hints = 0;
    for (std::size_t at = 0;; ++at) {
        const bool hint = hints < std::ssize(config_.control_layers) &&
                          config_.control_layers[static_cast<std::size_t>(hints)] == layer;
        if (at == place) {
            const Weights weights = hint ? weights_["vace_blocks"][hints] : weights_["blocks"][layer];
            return {weights, config_, static_cast<std::size_t>(hint ? config_.layers + hints : layer)};
        }
        (hint ? hints : layer) += 1;
    }
}

const Block& Transformer::on_device(std::size_t place, std::optional<Block>& streamed) const {
    if (!stream_) {
        return blocks_[place];
    }
    streamed = blocks_[place];
    const std::vector<at::Tensor> there = stream_->on_device(place);
    const std::vector<at::Tensor*> tensors = streamed->tensors();
    for (std::size_t i = 0; i < tensors.size(); ++i) {
        if (there[i].defined()) {
            *tensors[i] = there[i];
        }
    }
    return *streamed;
}

void Transformer::read_outer_layers() {
    const TransformerConfig& c = config_;
    const Weights wide = weights_.as(compute_type(weights_.dtype()));
    const Weights condition = weights_["condition_embedder"];
    const Weights time = wide["condition_embedder"]["time_embedder"];
    patch_embedding_ = Linear(
        weights_["patch_embedding"], {c.dim(), c.in_channels, c.patch_frames, c.patch_height, c.patch_width}
    );
    time_in_ = Linear(time["linear_1"], c.freq_dim, c.dim());
    time_out_ = Linear(time["linear_2"], c.dim(), c.dim());
    time_proj_ = Linear(condition["time_proj"], c.dim(), 6 * c.dim());
    text_in_ = Linear(condition["text_embedder"]["linear_1"], c.text_dim, c.dim());
    text_out_ = Linear(condition["text_embedder"]["linear_2"], c.dim(), c.dim());
    if (c.image_dim > 0) {
        image_embedder_.emplace(condition["image_embedder"], c);
    }
    if (c.control_channels > 0) {
        control_embedding_ = Linear(
            weights_["vace_patch_embedding"],
            {c.dim(), c.control_channels, c.patch_frames, c.patch_height, c.patch_width}
        );
    }
    std::vector<at::Tensor> tables;
    for (std::int64_t i = 0; i < c.all_layers(); ++i) {
        const Weights block = i < c.layers ? wide["blocks"][i] : wide["vace_blocks"][i - c.layers];
        tables.push_back(block.tensor("scale_shift_table", {1, 6, c.dim()}));
    }
    block_tables_ = at::cat(tables).unsqueeze(1);
    scale_shift_table_ = wide.tensor("scale_shift_table", {1, 2, c.dim()});
    proj_out_ = Linear(
        weights_["proj_out"], c.dim(), c.out_channels * c.patch_frames * c.patch_height * c.patch_width
    );
}

void Transformer::reload() {
    if (blocks_in_ != BlocksIn::device) {
        using Room = BlockStream::Room;
        const Room room = blocks_in_ == BlocksIn::main_memory ? Room::two_layers : Room::all_layers;
        stream_ = std::make_unique<BlockStream>(weights_.device(), room);
    }
    const auto all = static_cast<std::size_t>(config_.all_layers());
    for (std::size_t place = 0; place < all; ++place) {
        Block block = read_block(place);
        if (stream_) {
            stream_->add(block.tensors());
        }
        if (place < blocks_.size()) {
            blocks_[place] = std::move(block);
        } else {
            blocks_.push_back(std::move(block));
        }
    }
    read_outer_layers();
}

void Transformer::let_go() const {
    if (stream_) {
        stream_->let_go();
    }
}

TimeContext Transformer::time_context(const at::Tensor& timesteps) const {
    const auto dtype = options_.dtype().toScalarType();
    const at::Tensor sinusoid =
        timestep_sinusoid(timesteps.to(options_.device()), config_.freq_dim).to(compute_type(dtype));
    // In bf16 the reference rounds here, although everything around it is fp32.
    const at::Tensor temb = time_out_.forward(at::silu(time_in_.forward(sinusoid))).to(dtype);
    const at::Tensor projected =
        time_proj_.forward(at::silu(temb)).unflatten(-1, {6, config_.dim()}).to(compute_type(dtype));
    TimeContext context;
    context.groups = timesteps.size(0);
    // All layers at once: [layers, groups, 6, dim].
    const at::Tensor tables = block_tables_ + projected.unsqueeze(0);
    add_ones(tables, {1, 4});
    for (std::int64_t layer = 0; layer < config_.all_layers(); ++layer) {
        const at::Tensor table = tables.select(0, layer);
        context.layers.push_back({modulation_of(table, 0), modulation_of(table, 3)});
    }
    const at::Tensor head = scale_shift_table_ + temb.unsqueeze(1);
    add_ones(head, {1});
    context.head = modulation_of(head, 0);
    return context;
}

/// [1, C, T, h, w] -> [groups, T * rows * columns / groups, dim]; a patch's numbers in the order channel,
/// row, column.
at::Tensor Transformer::embedded(
    const at::Tensor& latents, const Linear& patch_embedding, std::int64_t groups, const std::stop_token& stop
) const {
    const std::int64_t ph = config_.patch_height;
    const std::int64_t pw = config_.patch_width;
    const at::Tensor patches = latents.to(options_)
                                   .squeeze(0)
                                   .unflatten(3, {-1, pw})
                                   .unflatten(2, {-1, ph})
                                   .permute({1, 2, 4, 0, 3, 5})
                                   .reshape({groups, -1, latents.size(1) * ph * pw});
    return patch_embedding.forward(patches, stop);
}

/// [sides, groups, n, dim], wide, the same for each side.
at::Tensor Transformer::patchify(
    const at::Tensor& latents, std::int64_t sides, std::int64_t groups, const std::stop_token& stop
) const {
    const at::Tensor own = latents.narrow(1, 0, config_.in_channels);
    return embedded(own, patch_embedding_, groups, stop)
        .to(compute_type(options_.dtype().toScalarType()))
        .unsqueeze(0)
        .expand({sides, -1, -1, -1});
}

/// What the control branch begins with beside the clip's tokens x; `first`: its first layer.
at::Tensor Transformer::control_stream(
    const at::Tensor& latents,
    const at::Tensor& x,
    const Block& first,
    std::int64_t groups,
    const std::stop_token& stop
) const {
    const at::Tensor control = latents.narrow(1, config_.in_channels, config_.control_channels);
    return x + first.proj_in.forward(embedded(control, control_embedding_, groups, stop), stop);
}

/// tokens [sides, groups, n, patch * out_channels]; a patch's numbers in the order row, column, channel.
at::Tensor Transformer::unpatchify(const at::Tensor& tokens, at::IntArrayRef shape) const {
    const std::int64_t ph = config_.patch_height;
    const std::int64_t pw = config_.patch_width;
    return tokens
        .reshape({tokens.size(0), shape[2], shape[3] / ph, shape[4] / pw, ph, pw, config_.out_channels})
        .permute({0, 6, 1, 2, 4, 3, 5})
        .reshape({tokens.size(0), config_.out_channels, shape[2], shape[3], shape[4]});
}

at::Tensor Transformer::forward(
    const at::Tensor& latents,
    const TimeContext& time,
    const TextContext& text,
    SelfAttention& self_attention,
    const std::stop_token& stop,
    const ShareDone& done
) const {
    const at::ScalarType dtype = options_.dtype().toScalarType();
    at::Tensor x = patchify(latents, text.sides(), time.groups, stop);
    at::Tensor control;
    at::Tensor hint;
    std::optional<Block> streamed;
    for (std::size_t place = 0; place < blocks_.size(); ++place) {
        const Block& block = on_device(place, streamed);
        if (block.gives_hints()) {
            if (!control.defined()) {
                control = control_stream(latents, x, block, time.groups, stop);
            }
            control = block.forward(std::move(control), time, text, self_attention, stop);
            hint = block.proj_out.forward(control.to(dtype), stop);
        } else {
            x = block.forward(std::move(x), time, text, self_attention, stop);
            x = hint.defined() ? x + std::exchange(hint, at::Tensor()) : x;
        }
        if (done) {
            done(static_cast<double>(place + 1) / static_cast<double>(blocks_.size()));
        }
    }
    const at::Tensor normed = modulated_norm(x, time.head, config_.eps, dtype);
    return unpatchify(proj_out_.forward(normed, stop), latents.sizes());
}

void Transformer::remember(
    const at::Tensor& latents,
    const TimeContext& time,
    const TextContext& text,
    SelfAttention& self_attention,
    const std::stop_token& stop
) const {
    at::Tensor x = patchify(latents, text.sides(), time.groups, stop);
    std::optional<Block> streamed;
    for (std::size_t place = 0; place < blocks_.size(); ++place) {
        const Block& block = on_device(place, streamed);
        if (place + 1 == blocks_.size()) {
            block.remember(x, time, self_attention, stop);
        } else {
            x = block.forward(std::move(x), time, text, self_attention, stop);
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
