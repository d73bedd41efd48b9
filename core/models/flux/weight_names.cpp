#include "models/flux/weight_names.h"

#include <string>
#include <utility>

namespace rushes::flux {

namespace {

void add_stream(NameMap& map, const std::string& kind, const std::string& context, const std::string& added) {
    const std::string foreign = "double_blocks.*." + kind + "_";
    const std::string own = "transformer_blocks.*.";
    const std::string attention = own + "attn.";
    const bool picture = context.empty();
    const auto projection = [&](const std::string& which) {
        return attention + (picture ? "to_" + which : "add_" + which + "_proj");
    };
    map.splits.push_back({foreign + "attn.qkv", {{projection("q")}, {projection("k")}, {projection("v")}}});
    for (auto& [from, to] : std::initializer_list<std::pair<std::string, std::string>>{
             {"mod.lin", own + "norm1" + context + ".linear"},
             {"attn.proj", attention + (picture ? "to_out.0" : "to_add_out")},
             {"attn.norm.query_norm.scale", attention + "norm_" + added + "q.weight"},
             {"attn.norm.key_norm.scale", attention + "norm_" + added + "k.weight"},
             {"mlp.0", own + "ff" + context + ".net.0.proj"},
             {"mlp.2", own + "ff" + context + ".net.2"},
         }) {
        map.rules.push_back({foreign + from, to});
    }
}

void add_single(NameMap& map) {
    const std::string foreign = "single_blocks.*.";
    const std::string own = "single_transformer_blocks.*.";
    constexpr std::int64_t widening = 4;
    map.splits.push_back(
        {foreign + "linear1",
         {{own + "attn.to_q"}, {own + "attn.to_k"}, {own + "attn.to_v"}, {own + "proj_mlp", widening}}}
    );
    map.rules.push_back({foreign + "modulation.lin", own + "norm.linear"});
    map.rules.push_back({foreign + "norm.query_norm.scale", own + "attn.norm_q.weight"});
    map.rules.push_back({foreign + "norm.key_norm.scale", own + "attn.norm_k.weight"});
    map.rules.push_back({foreign + "linear2", own + "proj_out"});
}

} // namespace

WeightNames transformer_names() {
    NameMap map{
        .marker = "double_blocks.*.img_attn.qkv",
        .rules =
            {
                {"img_in", "x_embedder"},
                {"txt_in", "context_embedder"},
                {"time_in.in_layer", "time_text_embed.timestep_embedder.linear_1"},
                {"time_in.out_layer", "time_text_embed.timestep_embedder.linear_2"},
                {"vector_in.in_layer", "time_text_embed.text_embedder.linear_1"},
                {"vector_in.out_layer", "time_text_embed.text_embedder.linear_2"},
                {"final_layer.linear", "proj_out"},
            },
        .splits = {{"final_layer.adaLN_modulation.1", {{"norm_out.shift"}, {"norm_out.scale"}}}}
    };
    add_stream(map, "img", "", "");
    add_stream(map, "txt", "_context", "added_");
    add_single(map);
    return {.prefixes = {"model.diffusion_model."}, .maps = {std::move(map)}};
}

} // namespace rushes::flux
