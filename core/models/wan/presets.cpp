// Sizes: config.json of Wan-AI's repositories on the Hugging Face Hub.
#include "models/wan/presets.h"

#include "models/wan/tensor_list.h"
#include "text/t5_config.h"

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace rushes::wan {

namespace {

using Json = nlohmann::ordered_json;

Json transformer_json(const TransformerConfig& c) {
    return {
        {"_class_name", "WanTransformer3DModel"},
        {"attention_head_dim", c.head_dim},
        {"num_attention_heads", c.heads},
        {"num_layers", c.layers},
        {"ffn_dim", c.ffn_dim},
        {"freq_dim", c.freq_dim},
        {"text_dim", c.text_dim},
        {"in_channels", c.in_channels},
        {"out_channels", c.out_channels},
        {"patch_size", {c.patch_frames, c.patch_height, c.patch_width}},
        {"cross_attn_norm", c.cross_attn_norm},
        {"qk_norm", "rms_norm_across_heads"},
        {"eps", c.eps},
        {"rope_max_seq_len", c.rope_max_seq_len},
    };
}

Json vae_json(const VaeConfig& c) {
    return {
        {"_class_name", "AutoencoderKLWan"},
        {"base_dim", c.base_dim},
        {"decoder_base_dim", c.decoder_base_dim},
        {"z_dim", c.z_dim},
        {"dim_mult", c.dim_mult},
        {"num_res_blocks", c.num_res_blocks},
        {"attn_scales", Json::array()},
        {"temperal_downsample", c.temporal_downsample},
        {"latents_mean", c.latents_mean},
        {"latents_std", c.latents_std},
        {"is_residual", c.is_residual},
        {"patch_size", c.patch_size},
        {"in_channels", c.in_channels},
        {"out_channels", c.out_channels},
        {"scale_factor_temporal", c.frame_stride()},
        {"scale_factor_spatial", c.pixel_stride()},
    };
}

TransformerConfig
transformer(std::int64_t heads, std::int64_t ffn, std::int64_t layers, std::int64_t channels) {
    TransformerConfig c;
    c.heads = heads;
    c.head_dim = 128;
    c.ffn_dim = ffn;
    c.layers = layers;
    c.in_channels = channels;
    c.out_channels = channels;
    c.text_dim = 4096;
    c.freq_dim = 256;
    return c;
}

VaeConfig vae(std::int64_t base, std::int64_t decoder_base, std::int64_t z_dim) {
    VaeConfig c;
    c.base_dim = base;
    c.decoder_base_dim = decoder_base;
    c.z_dim = z_dim;
    c.dim_mult = {1, 2, 4, 4};
    c.num_res_blocks = 2;
    c.temporal_downsample = {false, true, true};
    c.latents_mean.assign(static_cast<std::size_t>(z_dim), 0);
    c.latents_std.assign(static_cast<std::size_t>(z_dim), 1);
    return c;
}

VaeConfig vae_21() {
    return vae(96, 96, 16);
}

VaeConfig vae_22() {
    VaeConfig c = vae(160, 256, 48);
    c.is_residual = true;
    c.patch_size = 2;
    c.in_channels = 12;
    c.out_channels = 12;
    return c;
}

/// What makes one checkpoint another.
struct Shapes {
    TransformerConfig transformer;
    VaeConfig vae;
    T5Config text;
    double flow_shift = 3;
    double boundary = 0; ///< of two transformers
    bool expand_timesteps = false;
};

Json index_json(const Shapes& s) {
    Json index{
        {"_class_name", "WanPipeline"},
        {"expand_timesteps", s.expand_timesteps},
        {"scheduler", {"diffusers", "UniPCMultistepScheduler"}},
        {"text_encoder", {"transformers", "UMT5EncoderModel"}},
        {"tokenizer", {"transformers", "T5TokenizerFast"}},
        {"transformer", {"diffusers", "WanTransformer3DModel"}},
        {"vae", {"diffusers", "AutoencoderKLWan"}},
    };
    if (s.boundary > 0) {
        index["transformer_2"] = {"diffusers", "WanTransformer3DModel"};
        index["boundary_ratio"] = s.boundary;
    }
    return index;
}

Json scheduler_json(const Shapes& s) {
    return {
        {"_class_name", "UniPCMultistepScheduler"},
        {"num_train_timesteps", 1000},
        {"prediction_type", "flow_prediction"},
        {"use_flow_sigmas", true},
        {"flow_shift", s.flow_shift},
        {"solver_order", 2},
        {"solver_type", "bh2"},
    };
}

ModelPreset preset(const std::string& name, const std::string& description, const Shapes& s) {
    const auto text = [](const Json& json) { return json.dump(2) + "\n"; };
    ModelPreset result{.name = name, .description = description, .files = {}, .components = {}};
    result.files = {
        {"model_index.json", text(index_json(s))},
        {"scheduler/scheduler_config.json", text(scheduler_json(s))},
        {"text_encoder/config.json", t5_config_text(s.text)},
        {"vae/config.json", text(vae_json(s.vae))},
    };
    result.components = {
        {"text_encoder", "model", t5_tensors(s.text, TensorDtype::bf16)},
        {"vae", "diffusion_pytorch_model", vae_tensors(s.vae, TensorDtype::f32)},
    };
    for (const std::string component : {"transformer", "transformer_2"}) {
        if (component == "transformer" || s.boundary > 0) {
            result.files[component + "/config.json"] = text(transformer_json(s.transformer));
            result.components.push_back(
                {component, "diffusion_pytorch_model", transformer_tensors(s.transformer, TensorDtype::bf16)}
            );
        }
    }
    return result;
}

/// For tests: seconds on any machine.
Shapes tiny() {
    Shapes s{.transformer = transformer(2, 64, 2, 16), .vae = vae(4, 4, 16), .text = umt5_xxl()};
    s.transformer.head_dim = 12;
    s.transformer.text_dim = 16;
    s.vae.num_res_blocks = 1;
    s.text.vocab_size = 4096;
    s.text.d_model = 16;
    s.text.d_kv = 8;
    s.text.d_ff = 24;
    s.text.num_layers = 2;
    s.text.num_heads = 2;
    return s;
}

} // namespace

std::vector<ModelPreset> presets() {
    const TransformerConfig small = transformer(12, 8960, 30, 16);
    const TransformerConfig large = transformer(40, 13824, 40, 16);
    return {
        preset("tiny", "a pipeline of random weights for tests", tiny()),
        preset("t2v-1.3b", "Wan 2.1 T2V 1.3B", {.transformer = small, .vae = vae_21(), .text = umt5_xxl()}),
        preset("t2v-14b", "Wan 2.1 T2V 14B", {.transformer = large, .vae = vae_21(), .text = umt5_xxl()}),
        preset(
            "ti2v-5b",
            "Wan 2.2 TI2V 5B",
            {.transformer = transformer(24, 14336, 30, 48),
             .vae = vae_22(),
             .text = umt5_xxl(),
             .flow_shift = 5,
             .expand_timesteps = true}
        ),
        preset(
            "t2v-a14b",
            "Wan 2.2 T2V A14B",
            {.transformer = large, .vae = vae_21(), .text = umt5_xxl(), .boundary = 0.875}
        ),
    };
}

} // namespace rushes::wan
