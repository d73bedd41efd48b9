// Sizes: the config.json files of stabilityai's repositories on the Hugging Face Hub.
#include "models/sd_xl/presets.h"

#include "models/unet/published_shapes.h"
#include "text/clip_config.h"
#include "text/letters_tokenizer.h"

#include <nlohmann/json.hpp>
#include <string>

namespace rushes::sd_xl {

namespace {

using Json = nlohmann::ordered_json;

struct Shapes {
    UNetConfig unet = unet_sdxl();
    KlVaeConfig vae = kl_vae_sdxl();
    ClipConfig text = clip_large();
    ClipConfig text_2 = clip_big();
    int sample_size = 128;
};

/// For tests: seconds on any machine.
Shapes tiny() {
    Shapes s;
    s.unet.block_channels = {32, 64};
    s.unet.down_attention = {false, true};
    s.unet.up_attention = {true, false};
    s.unet.heads = {2, 4};
    s.unet.transformer_layers = {1, 2};
    s.unet.layers_per_block = 1;
    s.unet.text_dim = 32 + 48;
    s.unet.added = AddedConfig{.size_dim = 8, .pooled_dim = 48};
    s.vae.block_channels = {32, 32, 32, 32}; // a latent for eight pixels, as the published one
    s.vae.layers_per_block = 1;
    const auto small = [](ClipConfig& text, std::int64_t width) {
        text.vocab_size = 600;
        text.hidden_size = width;
        text.intermediate_size = 2 * width;
        text.layers = 2;
        text.heads = 2;
    };
    small(s.text, 32);
    small(s.text_2, 48);
    s.text_2.projection_dim = 48;
    s.sample_size = 16;
    return s;
}

Json scheduler(bool turbo) {
    Json json{
        {"_class_name", turbo ? "EulerAncestralDiscreteScheduler" : "EulerDiscreteScheduler"},
        {"num_train_timesteps", 1000},
        {"beta_start", 0.00085},
        {"beta_end", 0.012},
        {"beta_schedule", "scaled_linear"},
        {"timestep_spacing", turbo ? "trailing" : "leading"},
        {"steps_offset", 1},
        {"prediction_type", "epsilon"},
    };
    return json;
}

Json index(bool turbo) {
    return {
        {"_class_name", "StableDiffusionXLPipeline"},
        {"force_zeros_for_empty_prompt", true},
        {"scheduler", {"diffusers", scheduler(turbo).at("_class_name")}},
        {"text_encoder", {"transformers", "CLIPTextModel"}},
        {"text_encoder_2", {"transformers", "CLIPTextModelWithProjection"}},
        {"tokenizer", {"transformers", "CLIPTokenizer"}},
        {"tokenizer_2", {"transformers", "CLIPTokenizer"}},
        {"unet", {"diffusers", "UNet2DConditionModel"}},
        {"vae", {"diffusers", "AutoencoderKL"}},
    };
}

ModelPreset preset(const std::string& name, const std::string& description, const Shapes& s, bool turbo) {
    constexpr TensorDtype half = TensorDtype::f16;
    const auto pretty = [](const Json& json) { return json.dump(2) + "\n"; };
    Json unet = Json::parse(unet_config_text(s.unet));
    unet["sample_size"] = s.sample_size;
    ModelPreset result{.name = name, .description = description, .files = {}, .components = {}};
    result.files = letters_tokenizer_files("tokenizer/");
    result.files.merge(letters_tokenizer_files("tokenizer_2/"));
    result.files["model_index.json"] = pretty(index(turbo));
    result.files["scheduler/scheduler_config.json"] = pretty(scheduler(turbo));
    result.files["unet/config.json"] = pretty(unet);
    result.files["vae/config.json"] = kl_vae_config_text(s.vae);
    result.files["text_encoder/config.json"] = clip_config_text(s.text);
    result.files["text_encoder_2/config.json"] = clip_config_text(s.text_2);
    result.components = {
        {"unet", "diffusion_pytorch_model", unet_tensors(s.unet, half)},
        {"vae", "diffusion_pytorch_model", kl_vae_tensors(s.vae, half)},
        {"text_encoder", "model", clip_tensors(s.text, half)},
        {"text_encoder_2", "model", clip_tensors(s.text_2, half)},
    };
    return result;
}

} // namespace

std::vector<ModelPreset> presets() {
    Shapes turbo;
    turbo.sample_size = 64;
    return {
        preset("tiny", "a pipeline of random weights for tests, in a step as Turbo", tiny(), true),
        preset("base", "SDXL", Shapes(), false),
        preset("turbo", "SDXL-Turbo", turbo, true),
    };
}

} // namespace rushes::sd_xl
