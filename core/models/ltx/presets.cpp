// Sizes: the config.json files of Lightricks' repositories on the Hugging Face Hub, as diffusers'
// convert_ltx_to_diffusers.py writes them.
#include "models/ltx/presets.h"

#include "models/ltx/config.h"
#include "models/ltx/tensor_list.h"
#include "text/t5_config.h"

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace rushes::ltx {

namespace {

using Json = nlohmann::ordered_json;

/// vae/config.json. Both are read back for what the levels are like.
Json vae_090() {
    return {
        {"_class_name", "AutoencoderKLLTXVideo"},
        {"latent_channels", 128},
        {"block_out_channels", {128, 256, 512, 512}},
        {"layers_per_block", {4, 3, 3, 3, 4}},
        {"spatio_temporal_scaling", {true, true, true, false}},
        {"patch_size", 4},
        {"patch_size_t", 1},
        {"encoder_causal", true},
        {"decoder_causal", false},
        {"scaling_factor", 1.0},
    };
}

Json vae_091() {
    Json json = vae_090();
    json.update({
        {"decoder_block_out_channels", {256, 512, 1024}},
        {"decoder_layers_per_block", {5, 6, 7, 8}},
        {"decoder_spatio_temporal_scaling", {true, true, true}},
        {"decoder_inject_noise", {true, true, true, false}},
        {"upsample_residual", {true, true, true}},
        {"upsample_factor", {2, 2, 2}},
        {"timestep_conditioning", true},
    });
    return json;
}

Json vae_095() {
    Json json = vae_091();
    json.update({
        {"block_out_channels", {128, 256, 512, 1024, 2048}},
        {"down_block_types", std::vector<std::string>(4, "LTXVideo095DownBlock3D")},
        {"downsample_type", {"spatial", "temporal", "spatiotemporal", "spatiotemporal"}},
        {"layers_per_block", {4, 6, 6, 2, 2}},
        {"spatio_temporal_scaling", {true, true, true, true}},
        {"decoder_layers_per_block", {5, 5, 5, 5}},
        {"decoder_inject_noise", {false, false, false, false}},
        {"spatial_compression_ratio", 32},
        {"temporal_compression_ratio", 8},
    });
    return json;
}

/// Levels as of 0.9.5, a handful of channels: seconds on any machine.
Json vae_tiny() {
    Json json = vae_095();
    json.update({
        {"latent_channels", 16},
        {"block_out_channels", {4, 4, 8, 8, 8}},
        {"layers_per_block", {1, 1, 1, 1, 1}},
        {"decoder_block_out_channels", {8, 16, 32}},
        {"decoder_layers_per_block", {1, 1, 1, 1}},
    });
    return json;
}

TransformerConfig transformer(std::int64_t head_dim, std::int64_t layers) {
    return {.heads = 32, .head_dim = head_dim, .channels = 128, .layers = layers, .caption_channels = 4096};
}

Json transformer_json(const TransformerConfig& c) {
    return {
        {"_class_name", "LTXVideoTransformer3DModel"},
        {"num_attention_heads", c.heads},
        {"attention_head_dim", c.head_dim},
        {"cross_attention_dim", c.dim()},
        {"in_channels", c.channels},
        {"out_channels", c.channels},
        {"num_layers", c.layers},
        {"caption_channels", c.caption_channels},
        {"norm_eps", c.norm_eps},
        {"qk_norm", "rms_norm_across_heads"},
        {"activation_fn", "gelu-approximate"},
        {"patch_size", 1},
        {"patch_size_t", 1},
    };
}

/// The first versions shift their noise levels by the length of the clip.
Json scheduler_json(PipelineKind kind) {
    Json json{
        {"_class_name", "FlowMatchEulerDiscreteScheduler"}, {"num_train_timesteps", 1000}, {"shift", 1.0}
    };
    if (kind == PipelineKind::first) {
        json.update({
            {"use_dynamic_shifting", true},
            {"base_shift", 0.95},
            {"max_shift", 2.05},
            {"base_image_seq_len", 1024},
            {"max_image_seq_len", 4096},
            {"shift_terminal", 0.1},
        });
    }
    return json;
}

ModelPreset preset(
    const std::string& name,
    const std::string& description,
    PipelineKind kind,
    const TransformerConfig& network,
    const Json& vae,
    const T5Config& text
) {
    const auto pretty = [](const Json& json) { return json.dump(2) + "\n"; };
    const Json index{
        {"_class_name", kind == PipelineKind::first ? "LTXPipeline" : "LTXConditionPipeline"},
        {"scheduler", {"diffusers", "FlowMatchEulerDiscreteScheduler"}},
        {"text_encoder", {"transformers", "T5EncoderModel"}},
        {"tokenizer", {"transformers", "T5TokenizerFast"}},
        {"transformer", {"diffusers", "LTXVideoTransformer3DModel"}},
        {"vae", {"diffusers", "AutoencoderKLLTXVideo"}},
    };
    const VaeConfig levels = read_vae_config(JsonConfig::parse(vae.dump(), "vae/config.json"));
    return {
        .name = name,
        .description = description,
        .files =
            {{"model_index.json", pretty(index)},
             {"scheduler/scheduler_config.json", pretty(scheduler_json(kind))},
             {"text_encoder/config.json", t5_config_text(text)},
             {"transformer/config.json", pretty(transformer_json(network))},
             {"vae/config.json", pretty(vae)}},
        .components =
            {{"text_encoder", "model", t5_tensors(text, TensorDtype::bf16)},
             {"vae", "diffusion_pytorch_model", vae_tensors(levels, TensorDtype::f32)},
             {"transformer", "diffusion_pytorch_model", transformer_tensors(network, TensorDtype::bf16)}}
    };
}

ModelPreset tiny() {
    T5Config text = t5_xxl();
    text.vocab_size = 4096;
    text.d_model = 16;
    text.d_kv = 8;
    text.d_ff = 24;
    text.num_layers = 2;
    text.num_heads = 2;
    const TransformerConfig network{
        .heads = 2, .head_dim = 12, .channels = 16, .layers = 2, .caption_channels = 16
    };
    return preset(
        "tiny", "a pipeline of random weights for tests", PipelineKind::condition, network, vae_tiny(), text
    );
}

} // namespace

std::vector<ModelPreset> presets() {
    const TransformerConfig small = transformer(64, 28);
    const TransformerConfig large = transformer(128, 48);
    return {
        tiny(),
        preset("2b-0.9.0", "LTX-Video 2B 0.9.0", PipelineKind::first, small, vae_090(), t5_xxl()),
        preset("2b-0.9.1", "LTX-Video 2B 0.9.1", PipelineKind::first, small, vae_091(), t5_xxl()),
        preset(
            "2b-0.9.5", "LTX-Video 2B 0.9.5 to 0.9.8", PipelineKind::condition, small, vae_095(), t5_xxl()
        ),
        preset(
            "13b-0.9.7", "LTX-Video 13B 0.9.7, 0.9.8", PipelineKind::condition, large, vae_095(), t5_xxl()
        ),
    };
}

} // namespace rushes::ltx
