#include "base/count_in_words.h"
#include "base/error.h"
#include "models/clip_vision_names.h"
#include "models/companions.h"
#include "models/describing.h"
#include "models/family.h"
#include "models/model_card.h"
#include "models/model_index.h"
#include "models/run_inputs.h"
#include "models/wan/config.h"
#include "models/wan/cost.h"
#include "models/wan/link_files.h"
#include "models/wan/presets.h"
#include "models/wan/vae_config.h"
#include "models/wan/weight_names.h"
#include "schedulers/few_steps.h"
#include "text/t5_names.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <utility>

namespace rushes::wan {

namespace fs = std::filesystem;

namespace {

/// What the published checkpoints were trained on (model cards of Wan-AI on the Hugging Face Hub): 81 frames
/// at 16 fps with about 832 x 480 pixels, the 14B ones also 1280 x 720; TI2V-5B 121 frames at 24 fps with
/// 1280 x 704.
void fill_published_lattice(ModelInfo& info, const PipelineConfig& config) {
    constexpr std::int64_t width_of_14b = 5120;
    info.lattice.free_size = true;
    if (config.expand_timesteps) {
        info.lattice.sizes = {{1280, 704}, {704, 1280}};
        info.default_frames = 121;
        info.frame_rate = {24, 1};
    } else {
        info.lattice.sizes = {{832, 480}, {480, 832}, {624, 624}};
        if (config.transformer.dim() >= width_of_14b) {
            info.lattice.sizes.insert(info.lattice.sizes.end(), {{1280, 720}, {720, 1280}});
        }
        info.default_frames = 81;
        info.frame_rate = {16, 1};
    }
    info.lattice.max_frames = info.default_frames;
    keep_sizes_on_lattice(info.lattice, 480);
}

void fill_steps(ModelInfo& info, const PipelineConfig& config) {
    if (config.causal) {
        info.default_steps = static_cast<int>(config.causal->sigmas.size());
        info.fixed_steps = !config.causal->shift;
        if (!info.fixed_steps) {
            const int steps = info.default_steps;
            info.tiers = {{"fast", (steps + 1) / 2}, {"balanced", steps}, {"quality", 2 * steps}};
        }
        info.default_guidance = config.causal->guidance_scale;
        info.guidance_adjustable = config.causal->guidance_scale > 1;
        info.schedulers = {"causal"};
        return;
    }
    info.default_steps = 50;
    info.default_guidance = 5;
    info.schedulers = scheduler_names(config.scheduler);
    info.tiers = {{"fast", 20}, {"balanced", 30}, {"quality", 50}};
    for (const FewSteps& kind : few_step_kinds()) {
        info.schedulers.emplace_back(kind.name);
        info.few_steps.push_back({std::string(kind.name), kind.steps, kind.most});
    }
    if (config.distilled) {
        take_schedule(info, info.few_steps.front());
        info.schedulers = {info.few_steps.front().scheduler};
        info.fixed_steps = true;
        info.guidance_adjustable = false;
    }
}

/// A student of sparse attention looks at blocks of the clip that it chooses by a gate of its own: dense
/// attention, which has no place for the gate's part, gives other numbers.
void refuse_sparse(const ModelInfo& info, const WeightIndex& transformer) {
    const auto gates = [](const auto& place) {
        return place.first.find("to_gate_compress") != std::string::npos;
    };
    if (std::ranges::any_of(transformer.places, gates)) {
        throw Error(
            ErrorKind::user,
            "'" + info.id + "' was trained for video sparse attention, which is not supported.",
            "Take its variant with full attention (FullAttn)."
        );
    }
}

void fill_weights(ModelInfo& info, const PipelineConfig& config, const VaeConfig& vae) {
    std::vector<fs::path> small_files{
        "model_index.json",
        "causal.json",
        "rushes.json",
        "latent_rgb.safetensors",
        "scheduler/scheduler_config.json",
        "tokenizer/spiece.model",
        "tokenizer/tokenizer.json"
    };
    std::vector<std::string> components{"transformer", "vae", "text_encoder"};
    if (config.transformer_2) {
        components.emplace_back("transformer_2");
    }
    if (config.image_encoder) {
        components.emplace_back("image_encoder");
        small_files.emplace_back("image_processor/preprocessor_config.json");
    }
    const std::map<std::string, WeightNames> names{
        {"transformer", transformer_names()},
        {"transformer_2", transformer_names()},
        {"vae", vae_names(vae)},
        {"text_encoder", t5_names()},
        {"image_encoder", clip_vision_names()},
    };
    const ComponentWeights weights = index_components(info, components, std::move(small_files), names);
    refuse_sparse(info, weights.at("transformer"));
    info.cost = cost_of(config, vae, weights);
}

void check_channels(const PipelineConfig& config, const VaeConfig& vae, const JsonConfig& index) {
    const bool beside = config.picture == PictureWay::channels;
    const std::int64_t control = 2 * vae.z_dim + vae.pixel_stride() * vae.pixel_stride();
    const std::int64_t wanted = vae.z_dim + (beside ? vae.frame_stride() + vae.z_dim : 0);
    const auto check = [&](const std::string& name, const TransformerConfig& t) {
        if (t.in_channels != wanted || t.out_channels != vae.z_dim) {
            index.fail(
                "the " + name + " takes " + std::to_string(t.in_channels) + " channels and gives " +
                std::to_string(t.out_channels) + ", but the VAE's latents have " + std::to_string(vae.z_dim) +
                (beside ? ", with the channels of a picture " + std::to_string(wanted) + "." : ".")
            );
        }
    };
    const auto check_control = [&](const TransformerConfig& t) {
        if (config.picture == PictureWay::control && t.control_channels != control) {
            index.fail(
                "the control branch takes " + std::to_string(t.control_channels) +
                " channels, and for the VAE's latents and masks it needs " + std::to_string(control) + "."
            );
        }
    };
    check("transformer", config.transformer);
    check_control(config.transformer);
    if (config.transformer_2) {
        check("transformer_2", *config.transformer_2);
        check_control(*config.transformer_2);
    }
    if ((beside || config.picture == PictureWay::control) && vae.frame_stride() != 4) {
        index.fail("pictures beside the noise need a VAE with four frames for a latent one.");
    }
}

/// What it can start from. A clip stands for a picture: its last one, or more of its end.
void fill_inputs(ModelInfo& info, const PipelineConfig& config) {
    if (config.picture == PictureWay::none) {
        return;
    }
    info.inputs = {{.role = role_image, .required = config.needs_picture}};
    if (config.takes_last_picture()) {
        info.inputs.push_back({.role = role_last_image, .required = config.needs_last_picture()});
    }
    info.inputs.push_back({.role = role_clip, .required = false, .instead_of = role_image});
}

/// What it takes all the time, computed in fp32 where the VAE is. Of a file that cannot be read nothing: who
/// loads it says why.
double tiny_decoder_bytes(const fs::path& file) {
    const auto decodes = [](std::string_view key) { return !key.starts_with("encoder."); };
    try {
        return StoredWeights(index_weights(file), decodes).bytes(4);
    } catch (const Error&) {
        return 0;
    }
}

/// By the names that they are published under, for the latents of the published VAEs: those have these means.
void add_tiny_decoder(ModelInfo& info, const VaeConfig& vae) {
    const bool second = vae.patch_size > 1;
    const double mean_of_first_channel = second ? -0.2289 : -0.7571;
    const bool published = !vae.latents_mean.empty() && vae.latents_mean.front() == mean_of_first_channel;
    const char* const name = second ? "taew2_2.safetensors" : "taew2_1.safetensors";
    if (const auto file = find_companion(info.directory, name, published)) {
        info.parts[tiny_decoder_part] = *file;
        info.cost = [cost = info.cost,
                     bytes = tiny_decoder_bytes(*file)](const Pass& pass, const LoadOptions& options) {
            RunCost whole = cost(pass, options);
            if (options.device_of("vae") == options.device) {
                whole.resident.push_back({tiny_decoder_part, bytes});
            }
            return whole;
        };
    }
}

ModelInfo describe(const fs::path& directory, const JsonConfig& index) {
    const PipelineConfig config = read_pipeline_config(directory, index);
    const VaeConfig vae = read_vae_config(component_config(directory, "vae"));
    check_channels(config, vae, index);

    ModelInfo info = model_of(directory);
    info.description = std::string("A Wan ") + (config.needs_picture ? "image" : "text") +
                       "-to-video model " +
                       (config.picture == PictureWay::control ? "that keeps to given frames (VACE) " : "") +
                       "with " + count_in_words(parameters_of(config.transformer)) + " parameters.";
    info.causal = config.causal.has_value();
    info.takes_loras = true;
    info.fits_small_cards = true;
    info.lattice.size_multiple = static_cast<int>(
        vae.pixel_stride() * std::lcm(config.transformer.patch_height, config.transformer.patch_width)
    );
    info.lattice.frame_stride = static_cast<int>(vae.frame_stride());
    fill_published_lattice(info, config);
    fill_steps(info, config);
    fill_inputs(info, config);
    read_model_card(info);
    fill_weights(info, config, vae);
    add_tiny_decoder(info, vae);
    return info;
}

/// Parameters as the published files hold them: text encoder and transformers at two bytes each (bf16), VAE
/// and image encoder at four.
std::vector<PublishedModel> published() {
    constexpr double text_encoder = 5.681e9;
    const auto bytes = [](double transformers, double in_fp32) {
        return static_cast<std::uint64_t>(2 * (text_encoder + transformers) + 4 * in_fp32);
    };
    return {
        {"Wan 2.1 T2V 1.3B", "Wan-AI/Wan2.1-T2V-1.3B-Diffusers", bytes(1.419e9, 0.127e9)},
        {"Wan 2.2 TI2V 5B", "Wan-AI/Wan2.2-TI2V-5B-Diffusers", bytes(5.000e9, 0.705e9)},
        {"Wan 2.1 I2V 14B 480p", "Wan-AI/Wan2.1-I2V-14B-480P-Diffusers", bytes(16.396e9, 0.759e9)},
        {"Wan 2.1 I2V 14B 720p", "Wan-AI/Wan2.1-I2V-14B-720P-Diffusers", bytes(16.396e9, 0.759e9)},
        {"Wan 2.1 FLF2V 14B 720p", "Wan-AI/Wan2.1-FLF2V-14B-720P-diffusers", bytes(16.396e9, 0.759e9)},
        {"Wan 2.2 T2V A14B", "Wan-AI/Wan2.2-T2V-A14B-Diffusers", bytes(2 * 14.289e9, 0.127e9)},
        {"Wan 2.2 I2V A14B", "Wan-AI/Wan2.2-I2V-A14B-Diffusers", bytes(2 * 14.289e9, 0.127e9)},
        {"Wan 2.1 VACE 1.3B", "Wan-AI/Wan2.1-VACE-1.3B-diffusers", bytes(2.154e9, 0.127e9)},
        {"Wan 2.1 VACE 14B", "Wan-AI/Wan2.1-VACE-14B-diffusers", bytes(17.338e9, 0.127e9)},
    };
}

} // namespace

Family family() {
    return {
        .pipeline_classes = {"WanPipeline", "WanImageToVideoPipeline", "WanDMDPipeline", "WanVACEPipeline"},
        .describe = describe,
        .published = published,
        .presets = presets,
        .link_files = link_files
    };
}

} // namespace rushes::wan
