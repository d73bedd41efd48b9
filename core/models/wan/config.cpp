#include "models/wan/config.h"

#include "base/error.h"
#include "models/model_index.h"

#include <algorithm>
#include <functional>

namespace rushes::wan {

namespace {

SchedulerConfig read_flow_scheduler(const JsonConfig& config) {
    SchedulerConfig result = read_scheduler_config(config);
    if (result.prediction != Prediction::flow) {
        config.fail(R"("prediction_type" must be "flow_prediction" for this family.)");
    }
    if (result.dynamic_shift) {
        config.fail("\"use_dynamic_shifting\" is true, which this family does not use.");
    }
    return result;
}

void read_image_part(const JsonConfig& config, TransformerConfig& result) {
    if (config.has("image_dim") != config.has("added_kv_proj_dim")) {
        config.fail(R"("image_dim" and "added_kv_proj_dim" belong together.)");
    }
    if (!config.has("image_dim")) {
        return;
    }
    result.image_dim = config.integer("image_dim", {1, 65536});
    if (config.integer("added_kv_proj_dim", {1, 1 << 20}) != result.dim()) {
        config.fail(
            "\"added_kv_proj_dim\" must be " + std::to_string(result.dim()) + ", heads times their size."
        );
    }
    result.image_positions = config.integer("pos_embed_seq_len", {2, 65536}, 0);
}

/// The control branch of WanVACETransformer3DModel.
void read_control_part(const JsonConfig& config, TransformerConfig& result) {
    if (config.text("_class_name") != "WanVACETransformer3DModel") {
        return;
    }
    const auto most = static_cast<std::size_t>(result.layers);
    result.control_layers = config.integers("vace_layers", {0, result.layers - 1}, most);
    const auto& layers = result.control_layers;
    if (layers.front() != 0 || std::ranges::adjacent_find(layers, std::greater_equal()) != layers.end()) {
        config.fail(R"("vace_layers" must ascend from 0.)");
    }
    result.control_channels = config.integer("vace_in_channels", {1, 4096});
}

void read_image_encoder(
    const std::filesystem::path& directory, const JsonConfig& index, PipelineConfig& result
) {
    const bool expected = result.transformer.image_dim > 0;
    if (component_class(index, "image_encoder").empty()) {
        if (expected) {
            index.fail("the transformer takes the states of an image encoder, but the component is missing.");
        }
        return;
    }
    require_component(index, "image_encoder", {"CLIPVisionModel", "CLIPVisionModelWithProjection"});
    if (!expected) {
        index.fail("the component \"image_encoder\" has states that the transformer does not take.");
    }
    ImageEncoderConfig encoder;
    encoder.network = read_clip_vision_config(component_config(directory, "image_encoder"));
    encoder.pixels = read_clip_pixels(
        component_config(directory, "image_processor", "preprocessor_config.json"), encoder.network
    );
    const TransformerConfig& t = result.transformer;
    if (encoder.network.hidden_size != t.image_dim ||
        (t.image_positions > 0 && t.image_positions != 2 * encoder.network.tokens())) {
        index.fail(
            "the image encoder gives " + std::to_string(encoder.network.tokens()) + " states of " +
            std::to_string(encoder.network.hidden_size) +
            " numbers for a picture, which is not what the transformer takes."
        );
    }
    result.image_encoder = encoder;
}

/// How pictures come in, by the class of the pipeline.
void read_pictures(const std::filesystem::path& directory, const JsonConfig& index, PipelineConfig& result) {
    result.needs_picture = index.text("_class_name", "") == "WanImageToVideoPipeline";
    if (result.transformer.control_channels > 0) {
        if (result.expand_timesteps || result.causal) {
            index.fail("a VACE model of this kind is not supported.");
        }
        result.picture = PictureWay::control;
    } else if (result.expand_timesteps || result.causal) {
        result.picture = PictureWay::first_frame;
    } else if (result.needs_picture) {
        result.picture = PictureWay::channels;
    }
    if (result.needs_picture && result.causal) {
        index.fail("a causal model of the class WanImageToVideoPipeline is not supported.");
    }
    read_image_encoder(directory, index, result);
}

} // namespace

TransformerConfig read_transformer_config(const JsonConfig& config) {
    config.require("_class_name", {"WanTransformer3DModel", "WanVACETransformer3DModel"});
    config.require("qk_norm", {"rms_norm_across_heads"});
    const auto patch = config.integers("patch_size", {1, 16}, 3);
    if (patch.size() != 3 || patch[0] != 1) {
        config.fail("\"patch_size\" must be [1, height, width].");
    }
    TransformerConfig result;
    result.patch_frames = patch[0];
    result.patch_height = patch[1];
    result.patch_width = patch[2];
    result.heads = config.integer("num_attention_heads", {1, 1024});
    result.head_dim = config.integer("attention_head_dim", {2, 1024});
    if (result.head_dim % 2 != 0) {
        config.fail("\"attention_head_dim\" must be even.");
    }
    result.in_channels = config.integer("in_channels", {1, 1024});
    result.out_channels = config.integer("out_channels", {1, 1024}, result.in_channels);
    result.text_dim = config.integer("text_dim", {1, 65536});
    result.freq_dim = config.integer("freq_dim", {2, 65536});
    result.ffn_dim = config.integer("ffn_dim", {1, 1 << 20});
    result.layers = config.integer("num_layers", {1, 1024});
    result.cross_attn_norm = config.boolean("cross_attn_norm");
    result.eps = config.number("eps", {0.0, 1.0});
    result.rope_max_seq_len = config.integer("rope_max_seq_len", {1, 1 << 20});
    read_image_part(config, result);
    read_control_part(config, result);
    return result;
}

CausalConfig read_causal_config(const JsonConfig& config) {
    CausalConfig result;
    result.frames_per_block = config.integer("num_frames_per_block", {1, 1024});
    result.local_attn_size = config.integer("local_attn_size", {1, 65536});
    result.sink_size = config.integer("sink_size", {0, 65536});
    if (result.sink_size + result.frames_per_block > result.local_attn_size) {
        config.fail("\"local_attn_size\" must have room for the sink and one block.");
    }
    result.rope = config.require("rope", {"absolute", "relative"}) == "absolute"
                      ? CausalConfig::Rope::absolute
                      : CausalConfig::Rope::relative;
    result.solver = config.require("solver", {"euler", "renoise"}) == "euler" ? CausalConfig::Solver::euler
                                                                              : CausalConfig::Solver::renoise;
    result.sigmas = config.numbers("sigmas", {1e-6, 1.0}, 1000);
    if (std::adjacent_find(result.sigmas.begin(), result.sigmas.end(), std::less_equal()) !=
        result.sigmas.end()) {
        config.fail("\"sigmas\" must fall from each to the next.");
    }
    if (config.has("shift")) {
        result.shift = config.number("shift", {0.01, 100.0});
    }
    result.guidance_scale = config.number("guidance_scale", {0.0, 100.0});
    result.context_noise = config.number("context_noise", {0.0, 1.0});
    return result;
}

std::vector<double> CausalConfig::sigmas_of(int steps) const {
    std::vector<double> result;
    if (steps == static_cast<int>(sigmas.size())) {
        result = sigmas;
    } else if (shift && steps >= 1) {
        for (int step = 0; step < steps; ++step) {
            const double t = 1 - static_cast<double>(step) / steps;
            result.push_back(*shift * t / (1 + (*shift - 1) * t));
        }
    } else {
        throw Error(
            ErrorKind::user,
            "The number of steps is " + std::to_string(steps) + ", and this model takes " +
                std::to_string(sigmas.size()) + "."
        );
    }
    result.push_back(0);
    return result;
}

PipelineConfig read_pipeline_config(const std::filesystem::path& directory, const JsonConfig& index) {
    const bool vace =
        index.require(
            "_class_name", {"WanPipeline", "WanImageToVideoPipeline", "WanDMDPipeline", "WanVACEPipeline"}
        ) == "WanVACEPipeline";
    const char* const transformer = vace ? "WanVACETransformer3DModel" : "WanTransformer3DModel";
    require_component(index, "transformer", {transformer});
    require_component(index, "vae", {"AutoencoderKLWan"});
    require_component(index, "text_encoder", {"UMT5EncoderModel"});
    require_component(
        index, "tokenizer", {"T5TokenizerFast", "T5Tokenizer", "PreTrainedTokenizerFast", "TokenizersBackend"}
    );
    require_component(index, "scheduler", {"UniPCMultistepScheduler", "FlowMatchEulerDiscreteScheduler"});

    PipelineConfig result;
    result.expand_timesteps = index.boolean("expand_timesteps", false);
    result.transformer = read_transformer_config(component_config(directory, "transformer"));
    if (!component_class(index, "transformer_2").empty()) {
        require_component(index, "transformer_2", {transformer});
        result.boundary_ratio = index.number("boundary_ratio", {0.0, 1.0});
        result.transformer_2 = read_transformer_config(component_config(directory, "transformer_2"));
    } else if (index.has("boundary_ratio")) {
        index.fail(R"("boundary_ratio" is given, but the component "transformer_2" is missing.)");
    }
    result.scheduler = read_flow_scheduler(component_config(directory, "scheduler", "scheduler_config.json"));
    if (std::filesystem::exists(directory / "causal.json")) {
        if (result.transformer_2) {
            index.fail("a causal model with two transformers is not supported.");
        }
        result.causal = read_causal_config(JsonConfig::read(directory / "causal.json", "causal.json"));
    }
    read_pictures(directory, index, result);
    result.distilled = index.text("_class_name", "") == "WanDMDPipeline";
    if (result.distilled) { // whatever the file of the scheduler says (FastVideo, configs/pipelines/wan.py)
        result.scheduler.shift = result.expand_timesteps ? 5 : 8;
    }
    return result;
}

} // namespace rushes::wan
