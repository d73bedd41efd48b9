#include "models/ltx/config.h"

#include "models/model_index.h"

namespace rushes::ltx {

namespace {

/// Nothing that was published uses another value.
void require_one(const JsonConfig& config, const std::string& key) {
    if (config.integer(key, {1, 64}, 1) != 1) {
        config.fail("\"" + key + "\" must be 1.");
    }
}

SchedulerConfig read_flow_scheduler(const JsonConfig& config) {
    config.require("_class_name", {"FlowMatchEulerDiscreteScheduler"});
    return read_scheduler_config(config);
}

} // namespace

TransformerConfig read_transformer_config(const JsonConfig& config) {
    config.require("_class_name", {"LTXVideoTransformer3DModel"});
    require_one(config, "patch_size");
    require_one(config, "patch_size_t");
    if (config.has("qk_norm")) {
        config.require("qk_norm", {"rms_norm_across_heads"});
    }
    if (config.has("activation_fn")) {
        config.require("activation_fn", {"gelu-approximate"});
    }
    if (config.boolean("norm_elementwise_affine", false)) {
        config.fail("\"norm_elementwise_affine\" is true, which is not supported.");
    }
    TransformerConfig result;
    result.heads = config.integer("num_attention_heads", {1, 1024}, 32);
    result.head_dim = config.integer("attention_head_dim", {2, 1024}, 64);
    if (result.dim() % 2 != 0) {
        config.fail("\"attention_head_dim\" must be even.");
    }
    if (config.integer("cross_attention_dim", {1, 1 << 20}, 2048) != result.dim()) {
        config.fail(
            "\"cross_attention_dim\" must be " + std::to_string(result.dim()) + ", heads times their size."
        );
    }
    result.channels = config.integer("in_channels", {1, 4096}, 128);
    if (config.integer("out_channels", {1, 4096}, result.channels) != result.channels) {
        config.fail("\"out_channels\" must be \"in_channels\", " + std::to_string(result.channels) + ".");
    }
    result.layers = config.integer("num_layers", {1, 1024}, 28);
    result.caption_channels = config.integer("caption_channels", {1, 65536}, 4096);
    result.norm_eps = config.number("norm_eps", {0.0, 1.0}, 1e-6);
    result.attention_bias = config.boolean("attention_bias", true);
    result.attention_out_bias = config.boolean("attention_out_bias", true);
    return result;
}

UpsamplerConfig read_upsampler_config(const JsonConfig& config) {
    constexpr std::int64_t groups = 32; // of its norms
    config.require("_class_name", {"LTXLatentUpsamplerModel"});
    if (config.integer("dims", {2, 3}, 3) != 3) {
        config.fail("\"dims\" is 2, and only upsamplers that see frames together are supported.");
    }
    if (!config.boolean("spatial_upsample", true) || config.boolean("temporal_upsample", false)) {
        config.fail(
            "it makes more frames, not larger ones.", "Take the spatial upscaler (ltxv-spatial-upscaler)."
        );
    }
    UpsamplerConfig result;
    result.channels = config.integer("in_channels", {1, 4096}, 128);
    result.width = config.integer("mid_channels", {groups, 65536}, 512);
    result.blocks = config.integer("num_blocks_per_stage", {0, 64}, 4);
    if (result.width % groups != 0) {
        config.fail("\"mid_channels\" must be a multiple of " + std::to_string(groups) + ".");
    }
    return result;
}

PipelineConfig read_pipeline_config(const std::filesystem::path& directory, const JsonConfig& index) {
    PipelineConfig result;
    const std::string name =
        index.require("_class_name", {"LTXPipeline", "LTXImageToVideoPipeline", "LTXConditionPipeline"});
    result.kind = name == "LTXConditionPipeline" ? PipelineKind::condition : PipelineKind::first;
    require_component(index, "transformer", {"LTXVideoTransformer3DModel"});
    require_component(index, "vae", {"AutoencoderKLLTXVideo"});
    require_component(index, "text_encoder", {"T5EncoderModel"});
    require_component(
        index, "tokenizer", {"T5TokenizerFast", "T5Tokenizer", "PreTrainedTokenizerFast", "TokenizersBackend"}
    );
    require_component(index, "scheduler", {"FlowMatchEulerDiscreteScheduler"});
    result.transformer = read_transformer_config(component_config(directory, "transformer"));
    result.vae = read_vae_config(component_config(directory, "vae"));
    result.scheduler = read_flow_scheduler(component_config(directory, "scheduler", "scheduler_config.json"));
    if (result.transformer.channels != result.vae.latent_channels) {
        index.fail(
            "the transformer takes " + std::to_string(result.transformer.channels) +
            " channels, but the VAE's latents have " + std::to_string(result.vae.latent_channels) + "."
        );
    }
    return result;
}

} // namespace rushes::ltx
