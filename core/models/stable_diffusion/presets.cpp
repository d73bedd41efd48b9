// Sizes: the config.json files of stabilityai/sd-turbo on the Hugging Face Hub.
#include "models/stable_diffusion/presets.h"

#include "models/unet/published_shapes.h"
#include "text/clip_config.h"
#include "text/letters_tokenizer.h"

#include <nlohmann/json.hpp>
#include <string>

namespace rushes::stable_diffusion {

namespace {

using Json = nlohmann::ordered_json;

struct Shapes {
    UNetConfig unet = unet_sd21();
    KlVaeConfig vae = kl_vae_sd15();
    ClipConfig text = clip_huge();
};

/// For tests: seconds on any machine.
Shapes tiny() {
    Shapes s;
    s.unet.block_channels = {32, 64};
    s.unet.down_attention = {true, false};
    s.unet.up_attention = {false, true};
    s.unet.heads = {2, 4};
    s.unet.transformer_layers = {1, 1};
    s.unet.layers_per_block = 1;
    s.unet.text_dim = 32;
    s.vae.block_channels = {32, 32, 32, 32}; // a latent for eight pixels, as the published one
    s.vae.layers_per_block = 1;
    s.text.vocab_size = 600;
    s.text.hidden_size = 32;
    s.text.intermediate_size = 48;
    s.text.layers = 2;
    s.text.heads = 2;
    return s;
}

Json index() {
    return {
        {"_class_name", "StableDiffusionPipeline"},
        {"scheduler", {"diffusers", "EulerDiscreteScheduler"}},
        {"text_encoder", {"transformers", "CLIPTextModel"}},
        {"tokenizer", {"transformers", "CLIPTokenizer"}},
        {"unet", {"diffusers", "UNet2DConditionModel"}},
        {"vae", {"diffusers", "AutoencoderKL"}},
    };
}

Json scheduler() {
    return {
        {"_class_name", "EulerDiscreteScheduler"},
        {"num_train_timesteps", 1000},
        {"beta_start", 0.00085},
        {"beta_end", 0.012},
        {"beta_schedule", "scaled_linear"},
        {"timestep_spacing", "trailing"},
        {"steps_offset", 1},
        {"prediction_type", "epsilon"},
    };
}

ModelPreset preset(const std::string& name, const std::string& description, const Shapes& s) {
    constexpr TensorDtype half = TensorDtype::f16;
    const auto pretty = [](const Json& json) { return json.dump(2) + "\n"; };
    ModelPreset result{.name = name, .description = description, .files = {}, .components = {}};
    result.files = letters_tokenizer_files("tokenizer/");
    result.files["tokenizer/special_tokens_map.json"] = pretty({{"pad_token", "!"}});
    result.files["model_index.json"] = pretty(index());
    result.files["scheduler/scheduler_config.json"] = pretty(scheduler());
    result.files["unet/config.json"] = unet_config_text(s.unet);
    result.files["vae/config.json"] = kl_vae_config_text(s.vae);
    result.files["text_encoder/config.json"] = clip_config_text(s.text);
    result.components = {
        {"unet", "diffusion_pytorch_model", unet_tensors(s.unet, half)},
        {"vae", "diffusion_pytorch_model", kl_vae_tensors(s.vae, half)},
        {"text_encoder", "model", clip_tensors(s.text, half)},
    };
    return result;
}

} // namespace

std::vector<ModelPreset> presets() {
    return {
        preset("tiny", "a pipeline of random weights for tests, in a step as SD-Turbo", tiny()),
        preset("turbo", "SD-Turbo", Shapes()),
    };
}

} // namespace rushes::stable_diffusion
