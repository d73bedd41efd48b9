#include "models/clip_meter.h"
#include "models/companions.h"
#include "models/describing.h"
#include "models/diffusion_cost.h"
#include "models/family.h"
#include "models/model_card.h"
#include "models/stable_diffusion/config.h"
#include "models/stable_diffusion/presets.h"

#include <utility>

namespace rushes::stable_diffusion {

namespace fs = std::filesystem;

namespace {

using Kind = SchedulerConfig::Kind;

void fill_lattice(ModelInfo& info, const PipelineConfig& config) {
    const int side = config.side;
    describe_stills(
        info, config.size_multiple(), {{side, side}, {side, side * 3 / 2}, {side * 3 / 2, side}}, side
    );
}

void fill_steps(ModelInfo& info, const PipelineConfig& config) {
    info.schedulers = scheduler_names(config.scheduler);
    constexpr int grid_of_lcm = 50;
    info.few_steps = {{.scheduler = scheduler_name(Kind::lcm), .steps = 4, .most = grid_of_lcm}};
    if (config.distilled()) {
        info.default_steps = 1;
        info.default_guidance = 1;
        info.tiers = {{"fast", 1}, {"balanced", 2}, {"quality", 4}};
    } else if (config.scheduler.kind == Kind::lcm) {
        info.default_steps = 4;
        info.default_guidance = 1;
        info.tiers = {{"fast", 2}, {"balanced", 4}, {"quality", 8}};
    } else {
        info.default_steps = 25;
        info.default_guidance = 7.5;
        info.tiers = {{"fast", 15}, {"balanced", 25}, {"quality", 50}};
        info.default_negative = "bad quality, worse quality, blurry, deformed, watermark, text";
    }
}

ModelInfo describe(const fs::path& directory, const JsonConfig& index) {
    const PipelineConfig config = read_pipeline_config(directory, index);
    ModelInfo info = model_of(directory);
    info.description = config.distilled() ? "Stable Diffusion in a step or a few: stills at once."
                                          : "Stable Diffusion: stills.";
    fill_lattice(info, config);
    fill_steps(info, config);
    info.takes_loras = true;
    info.prompt_meter = clip_meter(info.part("tokenizer"));
    read_model_card(info);
    std::vector<fs::path> small_files{
        "model_index.json",
        "rushes.json",
        "latent_rgb.safetensors",
        "scheduler/scheduler_config.json",
        "tokenizer/vocab.json",
        "tokenizer/merges.txt",
        "tokenizer/tokenizer.json"
    };
    const std::vector<std::string> components{"unet", "vae", "text_encoder"};
    info.cost = diffusion_cost(
        {.unet = config.unet, .vae = config.vae},
        index_components(info, components, std::move(small_files), component_names(config))
    );
    const bool published = config.vae.latent_channels == 4 && config.vae.scaling_factor == 0.18215;
    const auto folder = find_companion(info.directory, "taesd", published);
    if (folder && fs::is_directory(*folder)) {
        info.parts[tiny_decoder_part] = *folder;
    }
    return info;
}

/// In fp32, as it computes on the CPU: UNet, text encoder and autoencoder, in billion numbers.
std::vector<PublishedModel> published() {
    const auto bytes = [](double billions) { return static_cast<std::uint64_t>(4e9 * billions); };
    return {
        {"Stable Diffusion 1.5", "stable-diffusion-v1-5/stable-diffusion-v1-5", bytes(0.860 + 0.123 + 0.084)},
        {"SD-Turbo", "stabilityai/sd-turbo", bytes(0.866 + 0.340 + 0.084)},
    };
}

} // namespace

Family family() {
    return {
        .pipeline_classes = {"StableDiffusionPipeline"},
        .describe = describe,
        .published = published,
        .presets = presets
    };
}

} // namespace rushes::stable_diffusion
