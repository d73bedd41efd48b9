#include "models/animatediff/config.h"
#include "models/animatediff/link_files.h"
#include "models/animatediff/presets.h"
#include "models/clip_meter.h"
#include "models/companions.h"
#include "models/describing.h"
#include "models/diffusion_cost.h"
#include "models/family.h"
#include "models/model_card.h"

#include <algorithm>
#include <utility>

namespace rushes::animatediff {

namespace fs = std::filesystem;

namespace {

using Kind = SchedulerConfig::Kind;

constexpr int usual_frames = 16; // what the published adapters were trained on
constexpr int most_frames = 128; // by windows: 16 seconds

void fill_lattice(ModelInfo& info, const PipelineConfig& config) {
    Lattice& lattice = info.lattice;
    lattice.size_multiple = config.size_multiple();
    lattice.frame_stride = 1;
    lattice.max_frames = most_frames;
    lattice.free_size = true;
    lattice.sizes = {{512, 512}, {512, 768}, {768, 512}, {256, 256}};
    keep_sizes_on_lattice(lattice, 512);
    info.default_frames = std::min(usual_frames, static_cast<int>(config.window()));
    info.frame_rate = {8, 1};
    info.draft = {.long_side = 256, .latent_frames = 4, .steps = 2};
}

/// By the scheduler, which says what kind of model it is: a consistency model's, a distilled one's
/// (Lightning), or the plain one's.
void fill_steps(ModelInfo& info, const SchedulerConfig& scheduler) {
    const bool consistent = scheduler.kind == Kind::lcm;
    const bool distilled =
        scheduler.kind == Kind::euler && scheduler.spacing == SchedulerConfig::Spacing::trailing;
    info.schedulers = scheduler_names(scheduler);
    // A LoRA makes any of them a consistency model, and its scheduler goes with it.
    constexpr int grid_of_lcm = 50;
    info.few_steps = {{.scheduler = scheduler_name(Kind::lcm), .steps = 6, .most = grid_of_lcm}};
    if (consistent) {
        info.default_steps = 6;
        info.default_guidance = 1.5;
        info.tiers = {{"fast", 4}, {"balanced", 6}, {"quality", 8}};
    } else if (distilled) {
        info.default_steps = 4;
        info.default_guidance = 1;
        info.tiers = {{"fast", 2}, {"balanced", 4}, {"quality", 8}};
        info.draft.steps = 0; // a distilled model's own
    } else {
        info.default_steps = 8;
        info.default_guidance = 7.5;
        info.tiers = {{"fast", 8}, {"balanced", 16}, {"quality", 25}};
    }
}

void fill_weights(ModelInfo& info, const PipelineConfig& config) {
    std::vector<fs::path> small_files{
        "model_index.json",
        "rushes.json",
        "latent_rgb.safetensors",
        "scheduler/scheduler_config.json",
        "tokenizer/vocab.json",
        "tokenizer/merges.txt",
        "tokenizer/tokenizer.json"
    };
    std::vector<std::string> components{"unet", "vae", "text_encoder"};
    if (config.adapter_beside) {
        components.emplace_back("motion_adapter");
    }
    info.cost = diffusion_cost(
        {config.unet, config.vae, config.window()},
        index_components(info, components, std::move(small_files), component_names(config))
    );
}

/// A module that was distilled to a number of steps says so by its name, which whoever linked it wrote into
/// the card.
void fix_steps(ModelInfo& info, const SchedulerConfig& scheduler) {
    const bool distilled =
        scheduler.kind == Kind::euler && scheduler.spacing == SchedulerConfig::Spacing::trailing;
    if (distilled && fs::exists(info.directory / "rushes.json")) {
        info.fixed_steps = true;
        info.tiers = {{"fast", info.default_steps}};
    }
}

/// Latents that everybody's small decoders are for have this scale.
void add_tiny_decoder(ModelInfo& info, const KlVaeConfig& vae) {
    const bool published = vae.latent_channels == 4 && vae.scaling_factor == 0.18215;
    const auto folder = find_companion(info.directory, "taesd", published);
    if (folder && fs::is_directory(*folder)) {
        info.parts[tiny_decoder_part] = *folder;
    }
}

ModelInfo describe(const fs::path& directory, const JsonConfig& index) {
    const PipelineConfig config = read_pipeline_config(directory, index);
    ModelInfo info = model_of(directory);
    info.description = "AnimateDiff: Stable Diffusion 1.5 that moves, for short clips.";
    fill_lattice(info, config);
    fill_steps(info, config.scheduler);
    info.takes_loras = true;
    info.takes_motion_scale = true;
    info.default_negative = "bad quality, worse quality, blurry, deformed, watermark, text";
    info.prompt_meter = clip_meter(info.part("tokenizer"));
    read_model_card(info);
    fix_steps(info, config.scheduler);
    fill_weights(info, config);
    add_tiny_decoder(info, config.vae);
    return info;
}

/// In fp32, as it computes on the CPU: UNet 0.86, motion modules 0.417 (v3), text encoder 0.123 and
/// autoencoder 0.084 billion numbers.
std::vector<PublishedModel> published() {
    constexpr double numbers = 0.860e9 + 0.417e9 + 0.123e9 + 0.084e9;
    return {
        {"AnimateDiff v3 on Stable Diffusion 1.5",
         "stable-diffusion-v1-5/stable-diffusion-v1-5",
         static_cast<std::uint64_t>(4 * numbers)},
    };
}

} // namespace

/// A directory of Stable Diffusion only with a motion adapter in it.
bool takes(const fs::path& directory, const JsonConfig& index) {
    return index.text("_class_name").starts_with("AnimateDiff") ||
           fs::exists(directory / "motion_adapter" / "config.json");
}

Family family() {
    return {
        .pipeline_classes = {"AnimateDiffPipeline", "AnimateDiffSDXLPipeline", "StableDiffusionPipeline"},
        .takes = takes,
        .describe = describe,
        .published = published,
        .presets = presets,
        .link_files = link_files
    };
}

} // namespace rushes::animatediff
