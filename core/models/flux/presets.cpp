// Sizes: the config.json files of black-forest-labs/FLUX.1-schnell on the Hugging Face Hub.
#include "models/flux/presets.h"

#include "models/flux/config.h"
#include "models/flux/tensor_list.h"
#include "models/unet/published_shapes.h"
#include "text/clip_config.h"
#include "text/letters_tokenizer.h"
#include "text/t5_config.h"

#include <nlohmann/json.hpp>
#include <string>

namespace rushes::flux {

namespace {

using Json = nlohmann::ordered_json;

KlVaeConfig published_vae() {
    KlVaeConfig c = kl_vae_sd15();
    c.latent_channels = 16;
    c.scaling_factor = 0.3611;
    c.shift_factor = 0.1159;
    c.quant_conv = false;
    c.post_quant_conv = false;
    c.sample_size = 1024;
    return c;
}

struct Shapes {
    TransformerConfig transformer;
    KlVaeConfig vae = published_vae();
    ClipConfig pooled = clip_large();
    T5Config text = t5_xxl();
};

/// For tests: seconds on any machine.
Shapes tiny() {
    Shapes s;
    s.transformer = {
        .heads = 2,
        .head_dim = 16,
        .channels = 16,
        .layers = 2,
        .single_layers = 2,
        .text_dim = 16,
        .pooled_dim = 32,
        .axes = {4, 6, 6}
    };
    s.vae.block_channels = {32, 32, 32, 32}; // a latent for eight pixels, as the published one
    s.vae.layers_per_block = 1;
    s.vae.latent_channels = 4;
    s.pooled.vocab_size = 600;
    s.pooled.hidden_size = 32;
    s.pooled.intermediate_size = 48;
    s.pooled.layers = 2;
    s.pooled.heads = 2;
    s.text.vocab_size = 4096;
    s.text.d_model = 16;
    s.text.d_kv = 8;
    s.text.d_ff = 24;
    s.text.num_layers = 2;
    s.text.num_heads = 2;
    return s;
}

Json index() {
    return {
        {"_class_name", "FluxPipeline"},
        {"scheduler", {"diffusers", "FlowMatchEulerDiscreteScheduler"}},
        {"text_encoder", {"transformers", "CLIPTextModel"}},
        {"text_encoder_2", {"transformers", "T5EncoderModel"}},
        {"tokenizer", {"transformers", "CLIPTokenizer"}},
        {"tokenizer_2", {"transformers", "T5TokenizerFast"}},
        {"transformer", {"diffusers", "FluxTransformer2DModel"}},
        {"vae", {"diffusers", "AutoencoderKL"}},
    };
}

Json transformer(const TransformerConfig& c) {
    return {
        {"_class_name", "FluxTransformer2DModel"},
        {"num_attention_heads", c.heads},
        {"attention_head_dim", c.head_dim},
        {"in_channels", c.channels},
        {"num_layers", c.layers},
        {"num_single_layers", c.single_layers},
        {"joint_attention_dim", c.text_dim},
        {"pooled_projection_dim", c.pooled_dim},
        {"axes_dims_rope", c.axes},
        {"guidance_embeds", false},
        {"patch_size", 1},
    };
}

ModelPreset preset(const std::string& name, const std::string& description, const Shapes& s) {
    const auto pretty = [](const Json& json) { return json.dump(2) + "\n"; };
    const Json scheduler{
        {"_class_name", "FlowMatchEulerDiscreteScheduler"}, {"num_train_timesteps", 1000}, {"shift", 1.0}
    };
    ModelPreset result{.name = name, .description = description, .files = {}, .components = {}};
    result.lent_tokenizer = "tokenizer_2";
    result.files = letters_tokenizer_files("tokenizer/");
    result.files["model_index.json"] = pretty(index());
    result.files["scheduler/scheduler_config.json"] = pretty(scheduler);
    result.files["transformer/config.json"] = pretty(transformer(s.transformer));
    result.files["vae/config.json"] = kl_vae_config_text(s.vae);
    result.files["text_encoder/config.json"] = clip_config_text(s.pooled);
    result.files["text_encoder_2/config.json"] = t5_config_text(s.text);
    result.components = {
        {"transformer", "diffusion_pytorch_model", transformer_tensors(s.transformer, TensorDtype::bf16)},
        {"vae", "diffusion_pytorch_model", kl_vae_tensors(s.vae, TensorDtype::bf16)},
        {"text_encoder", "model", clip_tensors(s.pooled, TensorDtype::bf16)},
        {"text_encoder_2", "model", t5_tensors(s.text, TensorDtype::bf16)},
    };
    return result;
}

} // namespace

std::vector<ModelPreset> presets() {
    return {
        preset("tiny", "a pipeline of random weights for tests", tiny()),
        preset("schnell", "FLUX.1-schnell", Shapes()),
    };
}

} // namespace rushes::flux
