#include "models/flux/transformer.h"

#include "nn/attention.h"

#include <array>
#include <utility>

#include <ATen/ATen.h>

namespace rushes::flux {

namespace {

constexpr double norm_eps = 1e-6;
constexpr std::int64_t sinusoid_size = 256;
constexpr std::int64_t widening = 4; // of the feed-forward layers

using Names = std::array<const char*, 3>;

Linear qkv_of(const Weights& attention, const Names& names, std::int64_t dim) {
    const std::array<Weights, 3> layers{attention[names[0]], attention[names[1]], attention[names[2]]};
    return Linear::stacked(layers, dim, dim);
}

/// Queries, keys and values of some tokens, each [1, tokens, heads, head_dim], before they are turned.
struct Heads {
    at::Tensor q, k, v;
};

Heads heads_of(
    const at::Tensor& x,
    const Linear& to_qkv,
    const RmsNorm& norm_q,
    const RmsNorm& norm_k,
    std::int64_t heads,
    const std::stop_token& stop
) {
    const auto parts = to_qkv.forward(x, stop).chunk(3, -1);
    return {
        norm_q.forward(split_heads(parts[0], heads)),
        norm_k.forward(split_heads(parts[1], heads)),
        split_heads(parts[2], heads)
    };
}

/// Rows of dim numbers each, of the time; those of `scales` with their 1.
at::Tensor rows_of(
    const Linear& layer,
    const at::Tensor& time,
    std::int64_t rows,
    std::initializer_list<std::int64_t> scales,
    at::ScalarType dtype
) {
    const at::Tensor table = layer.forward(at::silu(time)).unflatten(-1, {rows, -1}).to(compute_type(dtype));
    add_ones(table, scales);
    return table;
}

} // namespace

RotaryTable rotary_table(
    const TransformerConfig& config,
    std::int64_t text,
    std::int64_t rows,
    std::int64_t columns,
    const at::TensorOptions& options
) {
    constexpr double theta = 10000;
    const at::Tensor still = at::zeros({rows, columns}, at::kDouble);
    const at::Tensor down = at::arange(rows, at::kDouble).unsqueeze(1).expand({rows, columns});
    const at::Tensor across = at::arange(columns, at::kDouble).unsqueeze(0).expand({rows, columns});
    std::vector<at::Tensor> angles;
    for (const auto& [places, dim] :
         {std::pair(still, config.axes[0]), {down, config.axes[1]}, {across, config.axes[2]}}) {
        const at::Tensor exponents = at::arange(0, dim, 2, at::kDouble) / static_cast<double>(dim);
        angles.push_back(at::outer(places.reshape({-1}), at::pow(theta, exponents).reciprocal()));
    }
    const at::Tensor all = at::constant_pad_nd(at::cat(angles, 1), {0, 0, text, 0}).unsqueeze(1);
    at::Tensor cos = all.cos().to(options);
    at::Tensor sin = all.sin().to(options);
    if (cos.is_cpu() && cos.scalar_type() == at::kFloat) {
        return {std::move(cos), std::move(sin), {}};
    }
    return {{}, {}, at::complex(cos, sin)};
}

DoubleBlock::DoubleBlock(const Weights& weights, const TransformerConfig& c)
    : config(c), dtype(weights.dtype()) {
    const Weights attention = weights["attn"];
    const auto stream = [&](const char* norm,
                            const Names& qkv,
                            const Weights& out,
                            const char* norm_q,
                            const char* norm_k,
                            const char* ff) {
        return Stream{
            .modulation = Linear(weights[norm]["linear"], c.dim(), 6 * c.dim()),
            .to_qkv = qkv_of(attention, qkv, c.dim()),
            .to_out = Linear(out, c.dim(), c.dim()),
            .norm_q = RmsNorm(attention[norm_q], c.head_dim, norm_eps),
            .norm_k = RmsNorm(attention[norm_k], c.head_dim, norm_eps),
            .ffn_in = Linear(weights[ff]["net"][0]["proj"], c.dim(), widening * c.dim()),
            .ffn_out = Linear(weights[ff]["net"][2], widening * c.dim(), c.dim())
        };
    };
    picture = stream("norm1", {"to_q", "to_k", "to_v"}, attention["to_out"][0], "norm_q", "norm_k", "ff");
    text = stream(
        "norm1_context",
        {"add_q_proj", "add_k_proj", "add_v_proj"},
        attention["to_add_out"],
        "norm_added_q",
        "norm_added_k",
        "ff_context"
    );
}

void DoubleBlock::forward(
    at::Tensor& x,
    at::Tensor& states,
    const at::Tensor& time,
    const RotaryTable& positions,
    const std::stop_token& stop
) const {
    const at::Tensor of_picture = rows_of(picture.modulation, time, 6, {1, 4}, dtype);
    const at::Tensor of_text = rows_of(text.modulation, time, 6, {1, 4}, dtype);
    const auto heads = [&](const Stream& stream, const at::Tensor& tokens, const at::Tensor& rows) {
        const at::Tensor normed = modulated_norm(tokens, modulation_of(rows, 0), norm_eps, dtype);
        return heads_of(normed, stream.to_qkv, stream.norm_q, stream.norm_k, config.heads, stop);
    };
    const Heads seen = heads(picture, x, of_picture);
    const Heads told = heads(text, states, of_text);
    const at::Tensor attended = attend(
        rotate(at::cat({told.q, seen.q}, 1), positions),
        rotate(at::cat({told.k, seen.k}, 1), positions),
        at::cat({told.v, seen.v}, 1),
        {},
        stop
    );
    const auto finish =
        [&](const Stream& stream, const at::Tensor& tokens, const at::Tensor& answers, const at::Tensor& rows
        ) {
            const at::Tensor sum =
                gated_sum(tokens, stream.to_out.forward(answers, stop), modulation_of(rows, 0).gate);
            const Modulation after = modulation_of(rows, 3);
            const at::Tensor hidden =
                stream.ffn_in.forward_gelu(modulated_norm(sum, after, norm_eps, dtype), stop);
            return gated_sum(sum, stream.ffn_out.forward(hidden, stop), after.gate);
        };
    const std::int64_t texts = states.size(1);
    x = finish(picture, x, attended.narrow(1, texts, x.size(1)), of_picture);
    states = finish(text, states, attended.narrow(1, 0, texts), of_text);
}

SingleBlock::SingleBlock(const Weights& weights, const TransformerConfig& c)
    : config(c),
      dtype(weights.dtype()),
      modulation(weights["norm"]["linear"], c.dim(), 3 * c.dim()),
      to_qkv(qkv_of(weights["attn"], {"to_q", "to_k", "to_v"}, c.dim())),
      norm_q(weights["attn"]["norm_q"], c.head_dim, norm_eps),
      norm_k(weights["attn"]["norm_k"], c.head_dim, norm_eps),
      proj_mlp(weights["proj_mlp"], c.dim(), widening * c.dim()),
      proj_out(weights["proj_out"], (widening + 1) * c.dim(), c.dim()) {}

at::Tensor SingleBlock::forward(
    const at::Tensor& x, const at::Tensor& time, const RotaryTable& positions, const std::stop_token& stop
) const {
    const Modulation own = modulation_of(rows_of(modulation, time, 3, {1}, dtype), 0);
    const at::Tensor normed = modulated_norm(x, own, norm_eps, dtype);
    const Heads seen = heads_of(normed, to_qkv, norm_q, norm_k, config.heads, stop);
    const at::Tensor attended =
        attend(rotate(seen.q, positions), rotate(seen.k, positions), seen.v, {}, stop);
    const at::Tensor both = at::cat({attended, proj_mlp.forward_gelu(normed, stop)}, -1);
    return gated_sum(x, proj_out.forward(both, stop), own.gate);
}

Transformer::Transformer(const TransformerConfig& c, const Weights& weights)
    : config_(c), options_(at::TensorOptions(weights.device()).dtype(weights.dtype())), weights_(weights) {
    reload();
}

void Transformer::reload() {
    const TransformerConfig& c = config_;
    const auto build = [&]<typename Block>(std::vector<Block>& blocks, const char* name, std::int64_t count) {
        for (std::int64_t i = 0; i < count; ++i) { // one at a time: two of all may not fit
            Block block(weights_[name][i], c);
            if (i < std::ssize(blocks)) {
                blocks[static_cast<std::size_t>(i)] = std::move(block);
            } else {
                blocks.push_back(std::move(block));
            }
        }
    };
    build(blocks_, "transformer_blocks", c.layers);
    build(single_blocks_, "single_transformer_blocks", c.single_layers);
    x_embedder_ = Linear(weights_["x_embedder"], c.channels, c.dim());
    context_embedder_ = Linear(weights_["context_embedder"], c.text_dim, c.dim());
    const Weights embedder = weights_["time_text_embed"];
    time_in_ = Linear(embedder["timestep_embedder"]["linear_1"], sinusoid_size, c.dim());
    time_out_ = Linear(embedder["timestep_embedder"]["linear_2"], c.dim(), c.dim());
    pooled_in_ = Linear(embedder["text_embedder"]["linear_1"], c.pooled_dim, c.dim());
    pooled_out_ = Linear(embedder["text_embedder"]["linear_2"], c.dim(), c.dim());
    const Weights last = weights_["norm_out"];
    norm_out_ = last["linear"].has("weight")
                    ? Linear(last["linear"], c.dim(), 2 * c.dim())
                    : Linear::stacked(std::array{last["scale"], last["shift"]}, c.dim(), c.dim());
    proj_out_ = Linear(weights_["proj_out"], c.dim(), c.channels);
}

at::Tensor Transformer::text_states(const at::Tensor& text, const std::stop_token& stop) const {
    const at::InferenceMode guard;
    return context_embedder_.forward(text.to(options_), stop);
}

at::Tensor Transformer::time_embedding(const at::Tensor& timestep, const at::Tensor& pooled) const {
    const at::InferenceMode guard;
    const at::Tensor sinusoid =
        timestep_sinusoid(timestep.to(options_.device()), sinusoid_size).to(options_.dtype());
    const at::Tensor time = time_out_.forward(at::silu(time_in_.forward(sinusoid)));
    return time + pooled_out_.forward(at::silu(pooled_in_.forward(pooled.to(options_))));
}

at::Tensor Transformer::forward(
    const Input& input, const RotaryTable& positions, const std::stop_token& stop, const ShareDone& done
) const {
    const at::InferenceMode guard;
    const at::ScalarType dtype = options_.dtype().toScalarType();
    const at::ScalarType wide = compute_type(dtype);
    at::Tensor x = x_embedder_.forward(input.tokens.to(options_), stop).to(wide);
    at::Tensor states = input.states.to(wide);
    const auto all = static_cast<double>(blocks_.size() + single_blocks_.size());
    double finished = 0;
    const auto tell = [&] {
        if (done) {
            done(++finished / all);
        }
    };
    for (const DoubleBlock& block : blocks_) {
        block.forward(x, states, input.time, positions, stop);
        tell();
    }
    x = at::cat({states, x}, 1);
    for (const SingleBlock& block : single_blocks_) {
        x = block.forward(x, input.time, positions, stop);
        tell();
    }
    // Scale and shift stand here the other way round.
    const Modulation last = modulation_of(rows_of(norm_out_, input.time, 2, {0}, dtype).flip(1), 0);
    const at::Tensor picture = x.narrow(1, states.size(1), x.size(1) - states.size(1));
    return proj_out_.forward(modulated_norm(picture, last, norm_eps, dtype), stop);
}

} // namespace rushes::flux
