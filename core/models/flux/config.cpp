#include "models/flux/config.h"

#include "models/flux/weight_names.h"
#include "models/model_index.h"
#include "models/unet/original_names.h"
#include "text/clip_config.h"
#include "text/t5_config.h"
#include "text/t5_names.h"

#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

namespace rushes::flux {

namespace fs = std::filesystem;

namespace {

/// It is told its guidance, and takes fifty steps.
void refuse_dev(const JsonConfig& config) {
    if (config.boolean("guidance_embeds", false)) {
        config.fail(
            "this is FLUX.1-dev, which is told a guidance (about 3.5) and takes some 50 steps.",
            "Choose FLUX.1-schnell, which makes stills in one to four steps without guidance."
        );
    }
}

void check_texts(const fs::path& directory, const JsonConfig& transformer, const TransformerConfig& config) {
    const ClipConfig pooled = read_clip_config(directory / "text_encoder");
    const T5Config text = read_t5_config(directory / "text_encoder_2");
    if (pooled.hidden_size != config.pooled_dim) {
        transformer.fail(
            "the first text encoder gives " + std::to_string(pooled.hidden_size) +
            " numbers for a whole text, but the transformer takes " + std::to_string(config.pooled_dim) + "."
        );
    }
    if (text.d_model != config.text_dim) {
        transformer.fail(
            "the second text encoder gives " + std::to_string(text.d_model) +
            " numbers for each piece of text, but the transformer takes " + std::to_string(config.text_dim) +
            "."
        );
    }
}

} // namespace

TransformerConfig read_transformer_config(const JsonConfig& config) {
    config.require("_class_name", {"FluxTransformer2DModel"});
    refuse_dev(config);
    if (config.integer("patch_size", {1, 64}, 1) != 1) {
        config.fail("\"patch_size\" must be 1.");
    }
    TransformerConfig result;
    result.heads = config.integer("num_attention_heads", {1, 1024}, 24);
    result.head_dim = config.integer("attention_head_dim", {2, 1024}, 128);
    result.channels = config.integer("in_channels", {1, 4096}, 64);
    if (config.integer("out_channels", {1, 4096}, result.channels) != result.channels) {
        config.fail(
            "\"out_channels\" must be \"in_channels\", " + std::to_string(result.channels) + ".",
            "Models that fill in or change a picture take more channels in; only those that begin from text "
            "are supported."
        );
    }
    result.layers = config.integer("num_layers", {1, 1024}, 19);
    result.single_layers = config.integer("num_single_layers", {1, 1024}, 38);
    result.text_dim = config.integer("joint_attention_dim", {1, 65536}, 4096);
    result.pooled_dim = config.integer("pooled_projection_dim", {1, 65536}, 768);
    if (config.size("axes_dims_rope") > 0) {
        const std::vector<std::int64_t> axes = config.integers("axes_dims_rope", {2, 1024}, 3);
        if (axes.size() != result.axes.size()) {
            config.fail("\"axes_dims_rope\" must have three numbers.");
        }
        std::ranges::copy(axes, result.axes.begin());
    }
    for (const std::int64_t axis : result.axes) {
        if (axis % 2 != 0) {
            config.fail("\"axes_dims_rope\" must have even numbers.");
        }
    }
    if (std::accumulate(result.axes.begin(), result.axes.end(), std::int64_t{0}) != result.head_dim) {
        config.fail(R"("axes_dims_rope" must add up to "attention_head_dim".)");
    }
    return result;
}

PipelineConfig read_pipeline_config(const fs::path& directory, const JsonConfig& index) {
    require_component(index, "transformer", {"FluxTransformer2DModel"});
    require_component(index, "vae", {"AutoencoderKL"});
    require_component(index, "text_encoder", {"CLIPTextModel"});
    require_component(index, "text_encoder_2", {"T5EncoderModel"});
    require_component(index, "tokenizer", {"CLIPTokenizer", "CLIPTokenizerFast"});
    require_component(
        index,
        "tokenizer_2",
        {"T5TokenizerFast", "T5Tokenizer", "PreTrainedTokenizerFast", "TokenizersBackend"}
    );
    require_component(index, "scheduler", {"FlowMatchEulerDiscreteScheduler"});
    PipelineConfig result;
    const JsonConfig transformer = component_config(directory, "transformer");
    result.transformer = read_transformer_config(transformer);
    result.vae = read_kl_vae_config(component_config(directory, "vae"));
    result.scheduler =
        read_scheduler_config(component_config(directory, "scheduler", "scheduler_config.json"));
    check_texts(directory, transformer, result.transformer);
    const std::int64_t channels = result.vae.latent_channels * patch * patch;
    if (result.transformer.channels != channels) {
        index.fail(
            "the transformer takes " + std::to_string(result.transformer.channels) +
                " channels, but four of the autoencoder's latents have " + std::to_string(channels) + ".",
            "Models that fill in or change a picture take more channels in; only those that begin from text "
            "are supported."
        );
    }
    return result;
}

std::map<std::string, WeightNames> component_names(const PipelineConfig& config) {
    return {
        {"transformer", transformer_names()},
        {"vae", kl_vae_names(config.vae)},
        {"text_encoder", clip_names()},
        {"text_encoder_2", t5_names()},
    };
}

} // namespace rushes::flux
