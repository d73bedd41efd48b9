#include "models/clip_vision_config.h"

#include <string>

namespace rushes {

namespace {

constexpr std::int64_t most = std::int64_t{1} << 20; // far above every published model

std::array<double, 3> three(
    const JsonConfig& config, const std::string& key, Range<double> range, const std::array<double, 3>& usual
) {
    if (!config.has(key)) {
        return usual;
    }
    const std::vector<double> values = config.numbers(key, range, 3);
    if (values.size() != usual.size()) {
        config.fail("\"" + key + "\" must hold three numbers, for red, green and blue.");
    }
    return {values[0], values[1], values[2]};
}

void require_size(const JsonConfig& config, const JsonConfig& owner, const char* key, std::int64_t wanted) {
    if (config.has(key) && config.integer(key, {1, most}) != wanted) {
        owner.fail(
            "pictures are prepared with " + std::to_string(config.integer(key, {1, most})) +
            " pixels a side, but the image encoder takes " + std::to_string(wanted) + "."
        );
    }
}

} // namespace

ClipVisionConfig read_clip_vision_config(const JsonConfig& json) {
    const std::vector<std::string> classes = json.texts("architectures");
    const std::string name = classes.size() == 1 ? classes.front() : "";
    if (name != "CLIPVisionModel" && name != "CLIPVisionModelWithProjection") {
        json.fail("the image encoder must be a CLIPVisionModel or a CLIPVisionModelWithProjection.");
    }
    const ClipVisionConfig usual;
    ClipVisionConfig config{
        .hidden_size = json.integer("hidden_size", {1, most}, usual.hidden_size),
        .intermediate_size = json.integer("intermediate_size", {1, most}, usual.intermediate_size),
        .layers = json.integer("num_hidden_layers", {2, 1024}, usual.layers),
        .heads = json.integer("num_attention_heads", {1, 4096}, usual.heads),
        .image_size = json.integer("image_size", {1, 4096}, usual.image_size),
        .patch_size = json.integer("patch_size", {1, 4096}, usual.patch_size),
        .quick_gelu =
            !json.has("hidden_act") || json.require("hidden_act", {"quick_gelu", "gelu"}) == "quick_gelu",
        .layer_norm_eps = json.number("layer_norm_eps", {0, 1}, usual.layer_norm_eps),
    };
    if (config.hidden_size % config.heads != 0) {
        json.fail(R"("hidden_size" must be a multiple of "num_attention_heads".)");
    }
    if (config.image_size % config.patch_size != 0) {
        json.fail(R"("image_size" must be a multiple of "patch_size".)");
    }
    return config;
}

ClipPixels read_clip_pixels(const JsonConfig& json, const ClipVisionConfig& network) {
    for (const char* const step : {"do_resize", "do_center_crop", "do_rescale", "do_normalize"}) {
        if (!json.boolean(step, true)) {
            json.fail("\"" + std::string(step) + "\" is false, which is not supported.");
        }
    }
    constexpr std::int64_t bicubic = 3; // of Pillow
    if (json.integer("resample", {0, 100}, bicubic) != bicubic) {
        json.fail("\"resample\" must be 3, bicubic.");
    }
    if (json.has("size")) {
        require_size(json.child("size"), json, "shortest_edge", network.image_size);
    }
    if (json.has("crop_size")) {
        require_size(json.child("crop_size"), json, "height", network.image_size);
        require_size(json.child("crop_size"), json, "width", network.image_size);
    }
    const ClipPixels usual;
    return {
        .mean = three(json, "image_mean", {-10, 10}, usual.mean),
        .std = three(json, "image_std", {1e-6, 10}, usual.std),
    };
}

std::vector<TensorShape> clip_vision_tensors(const ClipVisionConfig& c, TensorDtype dtype) {
    std::vector<TensorShape> tensors;
    const auto add = [&](const std::string& name, std::vector<std::int64_t> shape) {
        tensors.push_back({name, dtype, std::move(shape)});
    };
    const auto layer = [&](const std::string& name, std::int64_t out, std::int64_t in) {
        add(name + ".weight", {out, in});
        add(name + ".bias", {out});
    };
    const auto norm = [&](const std::string& name) {
        add(name + ".weight", {c.hidden_size});
        add(name + ".bias", {c.hidden_size});
    };
    const std::string model = "vision_model.";
    add(model + "embeddings.class_embedding", {c.hidden_size});
    add(model + "embeddings.patch_embedding.weight", {c.hidden_size, 3, c.patch_size, c.patch_size});
    add(model + "embeddings.position_embedding.weight", {c.tokens(), c.hidden_size});
    norm(model + "pre_layrnorm");
    for (std::int64_t i = 0; i < c.layers; ++i) {
        const std::string block = model + "encoder.layers." + std::to_string(i);
        for (const char* const part : {"q_proj", "k_proj", "v_proj", "out_proj"}) {
            layer(block + ".self_attn." + part, c.hidden_size, c.hidden_size);
        }
        norm(block + ".layer_norm1");
        layer(block + ".mlp.fc1", c.intermediate_size, c.hidden_size);
        layer(block + ".mlp.fc2", c.hidden_size, c.intermediate_size);
        norm(block + ".layer_norm2");
    }
    norm(model + "post_layernorm");
    return tensors;
}

} // namespace rushes
