#include "text/t5_config.h"

#include "base/error.h"
#include "base/json_config.h"
#include "nn/weights/tensor_list.h"

#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

namespace rushes {

namespace {

constexpr std::int64_t most = std::int64_t{1} << 24; // far above every published model, far below an overflow

/// transformers reads "gated-gelu" as the tanh approximation, but "gelu" as the exact function.
T5Config::Activation parse_activation(const std::string& projection) {
    return projection.ends_with("relu") ? T5Config::Activation::relu
           : projection == "gelu"       ? T5Config::Activation::gelu
                                        : T5Config::Activation::gelu_new;
}

std::string projection_of(const T5Config& config) {
    const std::string gated = config.gated ? "gated-" : "";
    switch (config.activation) {
    case T5Config::Activation::relu:
        return gated + "relu";
    case T5Config::Activation::gelu:
        return "gelu"; // transformers knows no gated one
    case T5Config::Activation::gelu_new:
        return gated + "gelu_new";
    }
    throw Error(ErrorKind::bug, "An activation without a name.");
}

} // namespace

T5Config read_t5_config(const std::filesystem::path& directory) {
    const JsonConfig json =
        JsonConfig::read(directory / "config.json", directory.filename().string() + "/config.json");
    const std::vector<std::string> classes = json.texts("architectures");
    const auto is_class = [&](std::string_view name) {
        return classes.size() == 1 && classes.front() == name;
    };
    if (!is_class("UMT5EncoderModel") && !is_class("T5EncoderModel")) {
        json.fail("the text encoder must be a UMT5EncoderModel or a T5EncoderModel.");
    }
    const std::string projection = json.require(
        "feed_forward_proj", {"gated-gelu", "gated-gelu_new", "gated-relu", "gelu_new", "gelu", "relu"}
    );
    const std::int64_t buckets = json.integer("relative_attention_num_buckets", {4, 65536}, 32);
    const std::int64_t exact = buckets / 4; // positions below it have buckets of their own
    return {
        .bias_in_every_block = is_class("UMT5EncoderModel"),
        .vocab_size = json.integer("vocab_size", {1, most}),
        .d_model = json.integer("d_model", {1, most}),
        .d_kv = json.integer("d_kv", {1, most}),
        .d_ff = json.integer("d_ff", {1, most}),
        .num_layers = json.integer("num_layers", {1, 1024}),
        .num_heads = json.integer("num_heads", {1, 4096}),
        .relative_attention_num_buckets = buckets,
        .relative_attention_max_distance =
            json.integer("relative_attention_max_distance", {exact + 1, most}, 128),
        .layer_norm_epsilon = json.number("layer_norm_epsilon", {0, 1}, 1e-6),
        .activation = parse_activation(projection),
        .gated = projection.starts_with("gated-"),
    };
}

T5Config umt5_xxl() {
    return {
        .vocab_size = 256384,
        .d_model = 4096,
        .d_kv = 64,
        .d_ff = 10240,
        .num_layers = 24,
        .num_heads = 64,
    };
}

T5Config t5_xxl() {
    T5Config config = umt5_xxl();
    config.bias_in_every_block = false;
    config.vocab_size = 32128;
    return config;
}

std::string t5_config_text(const T5Config& c) {
    const nlohmann::ordered_json json{
        {"architectures", {c.bias_in_every_block ? "UMT5EncoderModel" : "T5EncoderModel"}},
        {"vocab_size", c.vocab_size},
        {"d_model", c.d_model},
        {"d_kv", c.d_kv},
        {"d_ff", c.d_ff},
        {"num_layers", c.num_layers},
        {"num_heads", c.num_heads},
        {"relative_attention_num_buckets", c.relative_attention_num_buckets},
        {"relative_attention_max_distance", c.relative_attention_max_distance},
        {"layer_norm_epsilon", c.layer_norm_epsilon},
        {"feed_forward_proj", projection_of(c)},
    };
    return json.dump(2) + "\n";
}

std::vector<TensorShape> t5_tensors(const T5Config& c, TensorDtype dtype) {
    TensorList list(dtype);
    list.add("shared.weight", {c.vocab_size, c.d_model});
    const std::int64_t inner = c.num_heads * c.d_kv;
    for (std::int64_t i = 0; i < c.num_layers; ++i) {
        const std::string block = "encoder.block." + std::to_string(i) + ".layer.";
        const auto add = [&](const std::string& name, TensorList::Shape shape) {
            list.add(block + name + ".weight", std::move(shape));
        };
        add("0.SelfAttention.q", {inner, c.d_model});
        add("0.SelfAttention.k", {inner, c.d_model});
        add("0.SelfAttention.v", {inner, c.d_model});
        add("0.SelfAttention.o", {c.d_model, inner});
        if (i == 0 || c.bias_in_every_block) {
            add("0.SelfAttention.relative_attention_bias", {c.relative_attention_num_buckets, c.num_heads});
        }
        add("0.layer_norm", {c.d_model});
        if (c.gated) {
            add("1.DenseReluDense.wi_0", {c.d_ff, c.d_model});
            add("1.DenseReluDense.wi_1", {c.d_ff, c.d_model});
        } else {
            add("1.DenseReluDense.wi", {c.d_ff, c.d_model});
        }
        add("1.DenseReluDense.wo", {c.d_model, c.d_ff});
        add("1.layer_norm", {c.d_model});
    }
    list.add("encoder.final_layer_norm.weight", {c.d_model});
    return list.take();
}

} // namespace rushes
