#include "models/animatediff/presets.h"

#include "models/animatediff/config.h"
#include "models/animatediff/directory_texts.h"
#include "models/unet/published_shapes.h"
#include "text/clip_config.h"
#include "text/letters_tokenizer.h"

namespace rushes::animatediff {

namespace {

struct Shapes {
    UNetConfig unet = unet_sd15();
    KlVaeConfig vae = kl_vae_sd15();
    MotionConfig motion = motion_sd15(false);
    ClipConfig text = clip_large();
};

/// For tests: seconds on any machine. Heads and norm groups are the published ones, which single files imply.
Shapes tiny() {
    Shapes s;
    s.unet.block_channels = {32, 64};
    s.unet.down_attention = {true, false};
    s.unet.up_attention = {false, true};
    s.unet.heads = {8, 8};
    s.unet.transformer_layers = {1, 1};
    s.unet.layers_per_block = 1;
    s.unet.text_dim = 32;
    s.vae.block_channels = {32, 32, 32, 32}; // a latent for eight pixels, as the published one
    s.vae.layers_per_block = 1;
    s.motion.block_channels = {32, 64};
    s.motion.heads = {8, 8};
    s.motion.layers_per_block = 1;
    s.text.vocab_size = 600;
    s.text.hidden_size = 32;
    s.text.intermediate_size = 48;
    s.text.layers = 2;
    s.text.heads = 2;
    return s;
}

ModelPreset preset(const std::string& name, const std::string& description, const Shapes& s) {
    constexpr TensorDtype half = TensorDtype::f16;
    ModelPreset result{.name = name, .description = description, .files = {}, .components = {}};
    result.files = letters_tokenizer_files("tokenizer/");
    result.files["model_index.json"] = index_text();
    result.files["scheduler/scheduler_config.json"] = scheduler_text(AdapterKind::plain);
    result.files["unet/config.json"] = unet_config_text(s.unet);
    result.files["vae/config.json"] = kl_vae_config_text(s.vae);
    result.files["text_encoder/config.json"] = clip_config_text(s.text);
    result.files["motion_adapter/config.json"] = motion_config_text(s.motion);
    result.components = {
        {"unet", "diffusion_pytorch_model", unet_tensors(s.unet, half)},
        {"motion_adapter", "diffusion_pytorch_model", motion_tensors(s.motion, half)},
        {"vae", "diffusion_pytorch_model", kl_vae_tensors(s.vae, half)},
        {"text_encoder", "model", clip_tensors(s.text, half)},
    };
    return result;
}

} // namespace

std::vector<ModelPreset> presets() {
    Shapes v2;
    v2.motion = motion_sd15(true);
    return {
        preset("tiny", "a pipeline of random weights for tests", tiny()),
        preset("sd15-v3", "AnimateDiff v3 on Stable Diffusion 1.5", Shapes()),
        preset("sd15-v2", "AnimateDiff v2 on Stable Diffusion 1.5", v2),
    };
}

} // namespace rushes::animatediff
