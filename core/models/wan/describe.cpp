#include "base/count_in_words.h"
#include "models/companions.h"
#include "models/describing.h"
#include "models/family.h"
#include "models/model_card.h"
#include "models/model_index.h"
#include "models/wan/config.h"
#include "models/wan/cost.h"
#include "models/wan/presets.h"
#include "models/wan/vae_config.h"

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
    info.cost = cost_of(config, vae, index_components(info, components, std::move(small_files)));
}

void check_channels(const PipelineConfig& config, const VaeConfig& vae, const JsonConfig& index) {
    const auto check = [&](const std::string& name, const TransformerConfig& t) {
        if (t.in_channels != vae.z_dim || t.out_channels != vae.z_dim) {
            index.fail(
                "the " + name + " takes " + std::to_string(t.in_channels) + " channels and gives " +
                    std::to_string(t.out_channels) + ", but the VAE's latents have " +
                    std::to_string(vae.z_dim) + ".",
                "Image-to-video models take more channels in; only text-to-video models are supported."
            );
        }
    };
    check("transformer", config.transformer);
    if (config.transformer_2) {
        check("transformer_2", *config.transformer_2);
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
    }
}

ModelInfo describe(const fs::path& directory, const JsonConfig& index) {
    const PipelineConfig config = read_pipeline_config(directory, index);
    const VaeConfig vae = read_vae_config(component_config(directory, "vae"));
    check_channels(config, vae, index);

    ModelInfo info = model_of(directory);
    info.description = "A Wan text-to-video model with " + count_in_words(parameters_of(config.transformer)) +
                       " parameters.";
    info.causal = config.causal.has_value();
    info.takes_loras = true;
    info.lattice.size_multiple = static_cast<int>(
        vae.pixel_stride() * std::lcm(config.transformer.patch_height, config.transformer.patch_width)
    );
    info.lattice.frame_stride = static_cast<int>(vae.frame_stride());
    fill_published_lattice(info, config);
    fill_steps(info, config);
    read_model_card(info);
    fill_weights(info, config, vae);
    add_tiny_decoder(info, vae);
    return info;
}

/// Parameters as the published files hold them: text encoder and transformers at two bytes each (bf16), the
/// VAE at four.
std::vector<PublishedModel> published() {
    constexpr double text_encoder = 5.681e9;
    const auto bytes = [](double transformers, double vae) {
        return static_cast<std::uint64_t>(2 * (text_encoder + transformers) + 4 * vae);
    };
    return {
        {"Wan 2.1 T2V 1.3B", "Wan-AI/Wan2.1-T2V-1.3B-Diffusers", bytes(1.419e9, 0.127e9)},
        {"Wan 2.2 TI2V 5B", "Wan-AI/Wan2.2-TI2V-5B-Diffusers", bytes(5.000e9, 0.705e9)},
        {"Wan 2.2 T2V A14B", "Wan-AI/Wan2.2-T2V-A14B-Diffusers", bytes(2 * 14.289e9, 0.127e9)},
    };
}

} // namespace

Family family() {
    return {
        .pipeline_classes = {"WanPipeline"}, .describe = describe, .published = published, .presets = presets
    };
}

} // namespace rushes::wan
