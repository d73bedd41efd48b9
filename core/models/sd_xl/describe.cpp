#include "models/clip_meter.h"
#include "models/companions.h"
#include "models/describing.h"
#include "models/diffusion_cost.h"
#include "models/family.h"
#include "models/model_card.h"
#include "models/sd_xl/config.h"
#include "models/sd_xl/link_files.h"
#include "models/sd_xl/presets.h"

#include <utility>

namespace rushes::sd_xl {

namespace fs = std::filesystem;

namespace {

using Kind = PipelineConfig::Kind;

/// Shapes of as many pixels as the square has (appendix I of arXiv 2307.01952).
void fill_lattice(ModelInfo& info, const PipelineConfig& config) {
    const int side = config.side;
    const auto of = [&](int of_1024) { return of_1024 * side / 1024; };
    describe_stills(
        info,
        config.size_multiple(),
        {{side, side}, {of(896), of(1152)}, {of(1152), of(896)}, {of(768), of(1344)}, {of(1344), of(768)}},
        side
    );
}

/// Nothing in the configs says for how many steps a student was distilled, but its makers' names do.
void fill_distilled_steps(ModelInfo& info, const PipelineConfig& config) {
    constexpr int side_of_turbo = 512;
    info.default_guidance = 1;
    if (config.side <= side_of_turbo) {
        info.default_steps = 1;
        info.tiers = {{"fast", 1}, {"balanced", 2}, {"quality", 4}};
        return;
    }
    const int named = steps_in(info.directory.filename().string());
    info.fixed_steps = named > 0;
    info.default_steps = named > 0 ? named : 4;
    info.tiers = {{"fast", 2}, {"balanced", 4}, {"quality", 8}};
    if (info.fixed_steps) {
        info.tiers = {{"fast", named}};
    }
}

void fill_steps(ModelInfo& info, const PipelineConfig& config) {
    info.schedulers = scheduler_names(config.scheduler);
    info.schedulers.emplace_back(lightning_scheduler);
    constexpr int grid_of_lcm = 50;
    info.few_steps = {
        {.scheduler = scheduler_name(SchedulerConfig::Kind::lcm), .steps = 4, .most = grid_of_lcm},
        {.scheduler = lightning_scheduler, .steps = 4, .most = 8},
    };
    switch (config.kind()) {
    case Kind::adversarial:
        fill_distilled_steps(info, config);
        break;
    case Kind::consistent:
        info.default_steps = 4;
        info.default_guidance = config.unet.guidance_dim > 0 ? 8 : 1;
        info.tiers = {{"fast", 2}, {"balanced", 4}, {"quality", 8}};
        break;
    case Kind::plain:
        info.default_steps = 30;
        info.default_guidance = 5;
        info.tiers = {{"fast", 20}, {"balanced", 30}, {"quality", 50}};
        break;
    }
    if (config.unet.guidance_dim > 0) {
        info.few_steps.clear(); // it is one itself, and is told its guidance
    }
}

std::string description_of(Kind kind) {
    switch (kind) {
    case Kind::adversarial:
        return "SDXL in one to eight steps: sharp stills within seconds.";
    case Kind::consistent:
        return "SDXL in two to eight steps (LCM): stills within seconds.";
    case Kind::plain:
        break;
    }
    return "SDXL: large stills with fine detail.";
}

void fill_weights(ModelInfo& info, const PipelineConfig& config) {
    std::vector<fs::path> small_files{
        "model_index.json",
        "rushes.json",
        "latent_rgb.safetensors",
        "scheduler/scheduler_config.json",
    };
    for (const char* const tokenizer : {"tokenizer", "tokenizer_2"}) {
        for (const char* const file : {"vocab.json", "merges.txt", "tokenizer.json"}) {
            small_files.push_back(fs::path(tokenizer) / file);
        }
    }
    info.cost = diffusion_cost(
        {.unet = config.unet, .vae = config.vae},
        index_components(
            info,
            {"unet", "vae", "text_encoder", "text_encoder_2"},
            std::move(small_files),
            component_names(config)
        )
    );
}

ModelInfo describe(const fs::path& directory, const JsonConfig& index) {
    const PipelineConfig config = read_pipeline_config(directory, index);
    ModelInfo info = model_of(directory);
    info.description = description_of(config.kind());
    fill_lattice(info, config);
    fill_steps(info, config);
    info.takes_loras = true;
    info.prompt_meter = clip_meter(info.part("tokenizer"));
    read_model_card(info);
    fill_weights(info, config);
    const bool published = config.vae.latent_channels == 4 && config.vae.scaling_factor == 0.13025;
    const auto folder = find_companion(info.directory, "taesdxl", published);
    if (folder && fs::is_directory(*folder)) {
        info.parts[tiny_decoder_part] = *folder;
    }
    return info;
}

/// In fp32, as it computes on the CPU: UNet 2.567, text encoders 0.123 and 0.695, autoencoder 0.084 billion
/// numbers.
std::vector<PublishedModel> published() {
    constexpr auto bytes = static_cast<std::uint64_t>(4 * (2.567e9 + 0.123e9 + 0.695e9 + 0.084e9));
    return {
        {"SDXL-Turbo", "stabilityai/sdxl-turbo", bytes},
        {"SDXL", "stabilityai/stable-diffusion-xl-base-1.0", bytes},
    };
}

} // namespace

Family family() {
    return {
        .pipeline_classes = {"StableDiffusionXLPipeline", "StableDiffusionXLImg2ImgPipeline"},
        .describe = describe,
        .published = published,
        .presets = presets,
        .link_files = link_files
    };
}

} // namespace rushes::sd_xl
