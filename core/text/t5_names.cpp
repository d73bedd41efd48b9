#include "text/t5_names.h"

#include <string>

namespace rushes {

namespace {

/// Each part of a block, as the two call it.
struct Part {
    const char* own;
    const char* original;
    const char* gguf;
};

constexpr Part parts[] = {
    {"layer.0.layer_norm", "norm1", "attn_norm"},
    {"layer.0.SelfAttention.q", "attn.q", "attn_q"},
    {"layer.0.SelfAttention.k", "attn.k", "attn_k"},
    {"layer.0.SelfAttention.v", "attn.v", "attn_v"},
    {"layer.0.SelfAttention.o", "attn.o", "attn_o"},
    {"layer.0.SelfAttention.relative_attention_bias", "pos_embedding.embedding", "attn_rel_b"},
    {"layer.1.layer_norm", "norm2", "ffn_norm"},
    {"layer.1.DenseReluDense.wi_0", "ffn.gate.0", "ffn_gate"},
    {"layer.1.DenseReluDense.wi_1", "ffn.fc1", "ffn_up"},
    {"layer.1.DenseReluDense.wo", "ffn.fc2", "ffn_down"},
};

} // namespace

WeightNames t5_names() {
    NameMap original{
        .marker = "blocks.*.attn.q",
        .rules = {{"token_embedding", "shared"}, {"norm", "encoder.final_layer_norm"}},
    };
    NameMap gguf{
        .marker = "enc.blk.*.attn_q",
        .rules = {{"token_embd", "shared"}, {"enc.output_norm", "encoder.final_layer_norm"}},
    };
    for (const Part& part : parts) {
        const std::string own = "encoder.block.*." + std::string(part.own);
        original.rules.push_back({"blocks.*." + std::string(part.original), own});
        gguf.rules.push_back({"enc.blk.*." + std::string(part.gguf), own});
    }
    return {
        .prefixes = {"text_encoders.umt5xxl.transformer.", "text_encoders.t5xxl.transformer."},
        .maps = {std::move(original), std::move(gguf)},
    };
}

} // namespace rushes
