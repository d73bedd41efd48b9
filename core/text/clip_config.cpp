#include "text/clip_config.h"

#include "base/json_config.h"
#include "nn/weights/tensor_list.h"

#include <nlohmann/json.hpp>
#include <utility>

namespace rushes {

namespace {

constexpr std::int64_t most = std::int64_t{1} << 24; // far above every published model, far below an overflow

} // namespace

ClipConfig read_clip_config(const std::filesystem::path& directory) {
    const JsonConfig json =
        JsonConfig::read(directory / "config.json", directory.filename().string() + "/config.json");
    const std::vector<std::string> classes = json.texts("architectures");
    const std::string name = classes.size() == 1 ? classes.front() : "";
    if (name != "CLIPTextModel" && name != "CLIPTextModelWithProjection") {
        json.fail("the text encoder must be a CLIPTextModel or a CLIPTextModelWithProjection.");
    }
    const std::string activation =
        json.has("hidden_act") ? json.require("hidden_act", {"quick_gelu", "gelu"}) : "quick_gelu";
    ClipConfig config{
        .vocab_size = json.integer("vocab_size", {1, most}),
        .hidden_size = json.integer("hidden_size", {1, most}),
        .intermediate_size = json.integer("intermediate_size", {1, most}),
        .layers = json.integer("num_hidden_layers", {1, 1024}),
        .heads = json.integer("num_attention_heads", {1, 4096}),
        .positions = json.integer("max_position_embeddings", {3, 65536}, 77),
        .activation =
            activation == "gelu" ? ClipConfig::Activation::gelu : ClipConfig::Activation::quick_gelu,
        .layer_norm_eps = json.number("layer_norm_eps", {0, 1}, 1e-5),
        .projection_dim = 0,
        .end_id = json.integer("eos_token_id", {0, most}, 2),
    };
    if (name == "CLIPTextModelWithProjection") {
        config.projection_dim = json.integer("projection_dim", {1, most});
    }
    if (config.hidden_size % config.heads != 0) {
        json.fail(R"("hidden_size" must be a multiple of "num_attention_heads".)");
    }
    return config;
}

ClipConfig clip_large() {
    return {
        .vocab_size = 49408,
        .hidden_size = 768,
        .intermediate_size = 3072,
        .layers = 12,
        .heads = 12,
    };
}

ClipConfig clip_huge() {
    return {
        .vocab_size = 49408,
        .hidden_size = 1024,
        .intermediate_size = 4096,
        .layers = 23,
        .heads = 16,
        .activation = ClipConfig::Activation::gelu,
    };
}

ClipConfig clip_big() {
    return {
        .vocab_size = 49408,
        .hidden_size = 1280,
        .intermediate_size = 5120,
        .layers = 32,
        .heads = 20,
        .activation = ClipConfig::Activation::gelu,
        .projection_dim = 1280,
    };
}

std::string clip_config_text(const ClipConfig& c) {
    nlohmann::ordered_json json{
        {"architectures", {c.projection_dim > 0 ? "CLIPTextModelWithProjection" : "CLIPTextModel"}},
        {"vocab_size", c.vocab_size},
        {"hidden_size", c.hidden_size},
        {"intermediate_size", c.intermediate_size},
        {"num_hidden_layers", c.layers},
        {"num_attention_heads", c.heads},
        {"max_position_embeddings", c.positions},
        {"hidden_act", c.activation == ClipConfig::Activation::gelu ? "gelu" : "quick_gelu"},
        {"layer_norm_eps", c.layer_norm_eps},
        {"eos_token_id", c.end_id},
    };
    if (c.projection_dim > 0) {
        json["projection_dim"] = c.projection_dim;
    }
    return json.dump(2) + "\n";
}

std::vector<TensorShape> clip_tensors(const ClipConfig& c, TensorDtype dtype) {
    const std::string model = "text_model.";
    TensorList list(dtype);
    list.add(model + "embeddings.token_embedding.weight", {c.vocab_size, c.hidden_size});
    list.add(model + "embeddings.position_embedding.weight", {c.positions, c.hidden_size});
    for (std::int64_t i = 0; i < c.layers; ++i) {
        const std::string block = model + "encoder.layers." + std::to_string(i) + ".";
        for (const char* const layer : {"k_proj", "v_proj", "q_proj", "out_proj"}) {
            list.layer(block + "self_attn." + layer, {c.hidden_size, c.hidden_size});
        }
        list.layer(block + "layer_norm1", {c.hidden_size});
        list.layer(block + "mlp.fc1", {c.intermediate_size, c.hidden_size});
        list.layer(block + "mlp.fc2", {c.hidden_size, c.intermediate_size});
        list.layer(block + "layer_norm2", {c.hidden_size});
    }
    list.layer(model + "final_layer_norm", {c.hidden_size});
    if (c.projection_dim > 0) {
        list.add("text_projection.weight", {c.projection_dim, c.hidden_size});
    }
    return list.take();
}

WeightNames clip_names() {
    std::vector<NameRule> rules;
    for (const std::string part : {"embeddings", "encoder", "final_layer_norm"}) {
        rules.push_back({"text_model." + part, part});
    }
    return {
        .prefixes =
            {"cond_stage_model.transformer.",
             "text_encoders.clip_l.transformer.",
             "conditioner.embedders.0.transformer."},
        .maps = {{.marker = "text_model.embeddings", .rules = std::move(rules)}},
    };
}

WeightNames open_clip_names() {
    WeightNames names = clip_names();
    names.prefixes = {"conditioner.embedders.1.model.", "text_encoders.clip_g.transformer."};
    const std::string foreign = "transformer.resblocks.*.";
    const std::string own = "encoder.layers.*.";
    NameMap map{
        .marker = foreign + "ln_1",
        .rules =
            {{"positional_embedding", "embeddings.position_embedding.weight"},
             {"token_embedding", "embeddings.token_embedding"},
             {"ln_final", "final_layer_norm"},
             {foreign + "ln_1", own + "layer_norm1"},
             {foreign + "ln_2", own + "layer_norm2"},
             {foreign + "attn.out_proj", own + "self_attn.out_proj"},
             {foreign + "mlp.c_fc", own + "mlp.fc1"},
             {foreign + "mlp.c_proj", own + "mlp.fc2"}},
        .splits = {{"text_projection", {{"text_projection.weight"}}, /*transposed=*/true}}
    };
    const std::string attention = own + "self_attn.";
    for (const std::string part : {"weight", "bias"}) {
        map.splits.push_back(
            {foreign + "attn.in_proj_" + part,
             {{attention + "q_proj." + part}, {attention + "k_proj." + part}, {attention + "v_proj." + part}}}
        );
    }
    names.maps.push_back(std::move(map));
    return names;
}

} // namespace rushes
