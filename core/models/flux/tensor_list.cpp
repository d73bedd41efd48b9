#include "models/flux/tensor_list.h"

#include "nn/weights/tensor_list.h"

#include <string>

namespace rushes::flux {

namespace {

constexpr std::int64_t sinusoid_size = 256;
constexpr std::int64_t widening = 4; // of the feed-forward layers

void add_double(TensorList& list, const std::string& name, const TransformerConfig& c) {
    const std::int64_t d = c.dim();
    for (const char* const norm : {".norm1.linear", ".norm1_context.linear"}) {
        list.layer(name + norm, {6 * d, d});
    }
    for (const char* const layer :
         {".to_q", ".to_k", ".to_v", ".add_q_proj", ".add_k_proj", ".add_v_proj", ".to_out.0", ".to_add_out"
         }) {
        list.layer(name + ".attn" + layer, {d, d});
    }
    for (const char* const norm : {".norm_q", ".norm_k", ".norm_added_q", ".norm_added_k"}) {
        list.add(name + ".attn" + norm + ".weight", {c.head_dim});
    }
    for (const char* const ff : {".ff", ".ff_context"}) {
        list.layer(name + ff + ".net.0.proj", {widening * d, d});
        list.layer(name + ff + ".net.2", {d, widening * d});
    }
}

void add_single(TensorList& list, const std::string& name, const TransformerConfig& c) {
    const std::int64_t d = c.dim();
    list.layer(name + ".norm.linear", {3 * d, d});
    list.layer(name + ".proj_mlp", {widening * d, d});
    list.layer(name + ".proj_out", {d, (widening + 1) * d});
    for (const char* const layer : {".to_q", ".to_k", ".to_v"}) {
        list.layer(name + ".attn" + layer, {d, d});
    }
    for (const char* const norm : {".norm_q", ".norm_k"}) {
        list.add(name + ".attn" + norm + ".weight", {c.head_dim});
    }
}

} // namespace

std::vector<TensorShape> transformer_tensors(const TransformerConfig& c, TensorDtype dtype) {
    const std::int64_t d = c.dim();
    TensorList list(dtype);
    list.layer("x_embedder", {d, c.channels});
    list.layer("context_embedder", {d, c.text_dim});
    list.layer("time_text_embed.timestep_embedder.linear_1", {d, sinusoid_size});
    list.layer("time_text_embed.timestep_embedder.linear_2", {d, d});
    list.layer("time_text_embed.text_embedder.linear_1", {d, c.pooled_dim});
    list.layer("time_text_embed.text_embedder.linear_2", {d, d});
    for (std::int64_t i = 0; i < c.layers; ++i) {
        add_double(list, "transformer_blocks." + std::to_string(i), c);
    }
    for (std::int64_t i = 0; i < c.single_layers; ++i) {
        add_single(list, "single_transformer_blocks." + std::to_string(i), c);
    }
    list.layer("norm_out.linear", {2 * d, d});
    list.layer("proj_out", {c.channels, d});
    return list.take();
}

} // namespace rushes::flux
