// Sizes: the config.json files of Wan-AI's repositories on the Hugging Face Hub.
#include "models/wan/presets.h"

#include "models/wan/latent_statistics.h"
#include "models/wan/tensor_list.h"
#include "text/t5_config.h"

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace rushes::wan {

namespace {

using Json = nlohmann::ordered_json;

const char* transformer_class(const TransformerConfig& c) {
    return c.control_channels > 0 ? "WanVACETransformer3DModel" : "WanTransformer3DModel";
}

Json transformer_json(const TransformerConfig& c) {
    Json json{
        {"_class_name", transformer_class(c)},
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
    if (c.image_dim > 0) {
        json["image_dim"] = c.image_dim;
        json["added_kv_proj_dim"] = c.dim();
    }
    if (c.image_positions > 0) {
        json["pos_embed_seq_len"] = c.image_positions;
    }
    if (c.control_channels > 0) {
        json["vace_layers"] = c.control_layers;
        json["vace_in_channels"] = c.control_channels;
    }
    return json;
}

Json image_encoder_json(const ClipVisionConfig& c) {
    return {
        {"architectures", {"CLIPVisionModel"}},
        {"hidden_size", c.hidden_size},
        {"intermediate_size", c.intermediate_size},
        {"num_hidden_layers", c.layers},
        {"num_attention_heads", c.heads},
        {"image_size", c.image_size},
        {"patch_size", c.patch_size},
        {"hidden_act", c.quick_gelu ? "quick_gelu" : "gelu"},
    };
}

Json image_processor_json(const ClipVisionConfig& c) {
    return {
        {"image_processor_type", "CLIPImageProcessor"},
        {"size", {{"shortest_edge", c.image_size}}},
        {"crop_size", {{"height", c.image_size}, {"width", c.image_size}}},
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
    c.latents_mean = z_dim == 16 ? mean_21 : mean_22;
    c.latents_std = z_dim == 16 ? std_21 : std_22;
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
    bool from_picture = false;
    std::optional<ClipVisionConfig> clip = {};
};

Json index_json(const Shapes& s) {
    const bool control = s.transformer.control_channels > 0;
    Json index{
        {"_class_name",
         control          ? "WanVACEPipeline"
         : s.from_picture ? "WanImageToVideoPipeline"
                          : "WanPipeline"},
        {"expand_timesteps", s.expand_timesteps},
        {"scheduler", {"diffusers", "UniPCMultistepScheduler"}},
        {"text_encoder", {"transformers", "UMT5EncoderModel"}},
        {"tokenizer", {"transformers", "T5TokenizerFast"}},
        {"transformer", {"diffusers", transformer_class(s.transformer)}},
        {"vae", {"diffusers", "AutoencoderKLWan"}},
    };
    if (s.boundary > 0) {
        index["transformer_2"] = {"diffusers", transformer_class(s.transformer)};
        index["boundary_ratio"] = s.boundary;
    }
    if (s.clip) {
        index["image_encoder"] = {"transformers", "CLIPVisionModel"};
        index["image_processor"] = {"transformers", "CLIPImageProcessor"};
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
    if (s.clip) {
        result.files["image_encoder/config.json"] = text(image_encoder_json(*s.clip));
        result.files["image_processor/preprocessor_config.json"] = text(image_processor_json(*s.clip));
        result.components.push_back({"image_encoder", "model", clip_vision_tensors(*s.clip, TensorDtype::f32)}
        );
    }
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

ClipVisionConfig clip_huge() {
    ClipVisionConfig c;
    c.hidden_size = 1280;
    c.intermediate_size = 5120;
    c.layers = 32;
    c.heads = 16;
    c.patch_size = 14;
    c.quick_gelu = false;
    return c;
}

/// As the transformer of a model that starts from a picture: the picture's channels beside the noise, and,
/// with `clip`, the states of an image encoder.
Shapes with_picture(Shapes s, std::optional<ClipVisionConfig> clip = {}, int pictures_with_positions = 0) {
    s.from_picture = true;
    s.transformer.in_channels += s.vae.frame_stride() + s.vae.z_dim;
    if (clip) {
        s.transformer.image_dim = clip->hidden_size;
        s.transformer.image_positions = pictures_with_positions * clip->tokens();
    }
    s.clip = clip;
    return s;
}

/// With the control branch of VACE: a hint after each `every`-th layer.
Shapes with_control(Shapes s, std::int64_t every) {
    for (std::int64_t layer = 0; layer < s.transformer.layers; layer += every) {
        s.transformer.control_layers.push_back(layer);
    }
    s.transformer.control_channels = 2 * s.vae.z_dim + s.vae.pixel_stride() * s.vae.pixel_stride();
    return s;
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

Shapes tiny_expanded() {
    Shapes s = tiny();
    s.expand_timesteps = true;
    return s;
}

Shapes tiny_two() {
    Shapes s = with_picture(tiny());
    s.boundary = 0.9;
    return s;
}

ClipVisionConfig clip_tiny() {
    ClipVisionConfig c;
    c.hidden_size = 16;
    c.intermediate_size = 24;
    c.layers = 3;
    c.heads = 2;
    c.image_size = 32;
    c.patch_size = 8;
    c.quick_gelu = false;
    return c;
}

std::vector<ModelPreset> tiny_presets() {
    return {
        preset("tiny", "a pipeline of random weights for tests", tiny()),
        preset("tiny-ti2v", "the same in the shape of Wan 2.2 TI2V", tiny_expanded()),
        preset("tiny-i2v", "the same in the shape of Wan 2.1 I2V", with_picture(tiny(), clip_tiny())),
        preset("tiny-flf2v", "the same in the shape of Wan 2.1 FLF2V", with_picture(tiny(), clip_tiny(), 2)),
        preset("tiny-i2v-two", "the same in the shape of Wan 2.2 I2V A14B", tiny_two()),
        preset("tiny-vace", "the same in the shape of Wan 2.1 VACE", with_control(tiny(), 1)),
    };
}

} // namespace

std::vector<ModelPreset> presets() {
    const Shapes small{.transformer = transformer(12, 8960, 30, 16), .vae = vae_21(), .text = umt5_xxl()};
    const Shapes large{.transformer = transformer(40, 13824, 40, 16), .vae = vae_21(), .text = umt5_xxl()};
    const auto shifted = [](Shapes s, double shift, double boundary = 0) {
        s.flow_shift = shift;
        s.boundary = boundary;
        return s;
    };
    const Shapes ti2v{
        .transformer = transformer(24, 14336, 30, 48),
        .vae = vae_22(),
        .text = umt5_xxl(),
        .flow_shift = 5,
        .expand_timesteps = true,
    };
    std::vector<ModelPreset> all = tiny_presets();
    const std::vector<ModelPreset> published{
        preset("t2v-1.3b", "Wan 2.1 T2V 1.3B", small),
        preset("t2v-14b", "Wan 2.1 T2V 14B", large),
        preset("i2v-14b-480p", "Wan 2.1 I2V 14B 480p", with_picture(large, clip_huge())),
        preset("i2v-14b-720p", "Wan 2.1 I2V 14B 720p", with_picture(shifted(large, 5), clip_huge())),
        preset("flf2v-14b-720p", "Wan 2.1 FLF2V 14B 720p", with_picture(shifted(large, 16), clip_huge(), 2)),
        preset("ti2v-5b", "Wan 2.2 TI2V 5B", ti2v),
        preset("t2v-a14b", "Wan 2.2 T2V A14B", shifted(large, 3, 0.875)),
        preset("i2v-a14b", "Wan 2.2 I2V A14B", with_picture(shifted(large, 5, 0.9))),
        // The shift is that of Wan's generate.py.
        preset("vace-1.3b", "Wan 2.1 VACE 1.3B", with_control(shifted(small, 16), 2)),
        preset("vace-14b", "Wan 2.1 VACE 14B", with_control(shifted(large, 16), 5)),
    };
    all.insert(all.end(), published.begin(), published.end());
    return all;
}

} // namespace rushes::wan
