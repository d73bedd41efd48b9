#include "base/count_in_words.h"
#include "models/describing.h"
#include "models/family.h"
#include "models/ltx/config.h"
#include "models/ltx/cost.h"
#include "models/ltx/presets.h"
#include "models/ltx/schedules.h"
#include "models/model_card.h"
#include "models/run_inputs.h"
#include "text/t5_names.h"

#include <algorithm>
#include <cctype>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace rushes::ltx {

namespace fs = std::filesystem;

namespace {

/// Nothing in the configs says of a checkpoint that it was distilled, but its makers' names do.
bool is_distilled(const fs::path& directory) {
    std::string name = directory.filename().string();
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
    return name.find("distilled") != std::string::npos;
}

/// What the published checkpoints were trained on (model card of Lightricks on the Hugging Face Hub): up to
/// 257 frames at 25 fps or so, below 720 x 1280.
void fill_lattice(ModelInfo& info, const VaeConfig& vae) {
    info.lattice.size_multiple = static_cast<int>(vae.pixel_stride());
    info.lattice.frame_stride = static_cast<int>(vae.frame_stride());
    info.lattice.free_size = true;
    info.lattice.sizes = {{704, 512}, {512, 704}, {608, 608}, {1216, 704}, {704, 1216}};
    info.lattice.max_frames = 257;
    info.default_frames = 161;
    info.frame_rate = {25, 1};
    keep_sizes_on_lattice(info.lattice, 512);
}

void fill_steps(ModelInfo& info, const PipelineConfig& config) {
    info.default_negative = "worst quality, inconsistent motion, blurry, jittery, distorted";
    info.schedulers = scheduler_names(config.scheduler);
    std::erase(info.schedulers, scheduler_name(SchedulerConfig::Kind::unipc)); // its steps begin elsewhere
    info.few_steps = {{distilled_scheduler, distilled_steps, distilled_steps}};
    if (is_distilled(info.directory)) {
        info.schedulers.insert(info.schedulers.begin(), distilled_scheduler);
        info.default_steps = distilled_steps;
        info.default_guidance = 1;
        return;
    }
    info.schedulers.emplace_back(distilled_scheduler);
    info.default_steps = 40;
    info.default_guidance = 3;
    info.tiers = {{"fast", 20}, {"balanced", 30}, {"quality", 50}};
}

/// In the model's own directory, or in the one that its makers publish beside it.
std::optional<fs::path> find_upsampler(const fs::path& model) {
    std::vector<fs::path> folders{model};
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(model.parent_path(), none)) {
        if (entry.path().filename().string().starts_with("ltxv-spatial-upscaler")) {
            folders.push_back(entry.path());
        }
    }
    std::ranges::sort(folders.begin() + 1, folders.end(), std::greater()); // the newest name first
    for (const fs::path& folder : folders) {
        if (fs::exists(folder / upsampler_part / "config.json", none)) {
            return folder / upsampler_part;
        }
    }
    return std::nullopt;
}

/// Two passes: a small one, and more of it.
void add_refinement(ModelInfo& info, const PipelineConfig& config, const fs::path& upsampler) {
    const JsonConfig json = JsonConfig::read(upsampler / "config.json", "latent_upsampler/config.json");
    if (read_upsampler_config(json).channels != config.vae.latent_channels) {
        json.fail(
            "it is for latents of " + std::to_string(read_upsampler_config(json).channels) +
            " channels, but those of the model have " + std::to_string(config.vae.latent_channels) + "."
        );
    }
    info.parts[upsampler_part] = upsampler;
    const int steps =
        is_distilled(info.directory) ? static_cast<int>(refining_timesteps.size()) : refining_steps;
    info.refinement = {.scale = 2, .steps = steps, .optional = true};
    info.lattice.size_multiple *= info.refinement->scale;
    keep_sizes_on_lattice(info.lattice, 512);
}

/// The 13B transformer was trained on the later VAE: on the first one's latents it makes nothing.
void refuse_first_vae(const PipelineConfig& config, const JsonConfig& index) {
    constexpr std::int64_t width_of_13b = 4096;
    if (config.transformer.dim() >= width_of_13b && !config.vae.timestep_conditioning) {
        index.fail(
            "the transformer is that of LTX-Video 13B, but the VAE is that of version 0.9.0.",
            "Take the vae folder of LTX-Video-0.9.7."
        );
    }
}

ModelInfo describe(const fs::path& directory, const JsonConfig& index) {
    const PipelineConfig config = read_pipeline_config(directory, index);
    refuse_first_vae(config, index);
    ModelInfo info = model_of(directory);
    info.description = "An LTX-Video text-to-video model with " +
                       count_in_words(parameters_of(config.transformer)) +
                       " parameters: eight frames of a clip in one of its latents, which makes it fast.";
    info.takes_loras = true;
    info.inputs = {{.role = role_image, .required = false}};
    if (config.kind == PipelineKind::condition) {
        info.inputs.push_back({.role = role_last_image, .required = false});
        info.inputs.push_back({.role = role_keyframe, .required = false});
        info.inputs.push_back({.role = role_clip, .required = false, .instead_of = role_image});
    }
    fill_lattice(info, config.vae);
    fill_steps(info, config);
    std::vector<std::string> components{"transformer", "vae", "text_encoder"};
    const auto upsampler = find_upsampler(directory);
    if (upsampler && config.kind == PipelineKind::condition) {
        add_refinement(info, config, *upsampler);
        components.emplace_back(upsampler_part);
    }
    read_model_card(info);
    const ComponentWeights weights = index_components(
        info,
        components,
        {"model_index.json",
         "rushes.json",
         "latent_rgb.safetensors",
         "scheduler/scheduler_config.json",
         "tokenizer/spiece.model",
         "tokenizer/tokenizer.json"},
        {{"text_encoder", t5_names()}}
    );
    info.cost = cost_of(config, weights);
    return info;
}

/// Parameters as the published files hold them, at two bytes each but for the VAE's, at four.
std::vector<PublishedModel> published() {
    constexpr double text_encoder = 4.762e9;
    const auto bytes = [](double transformer, double vae) {
        return static_cast<std::uint64_t>(2 * (text_encoder + transformer) + 4 * vae);
    };
    return {
        {"LTX-Video 2B", "Lightricks/LTX-Video", bytes(1.923e9, 0.419e9)},
        {"LTX-Video 2B 0.9.5", "Lightricks/LTX-Video-0.9.5", bytes(1.923e9, 1.247e9)},
        {"LTX-Video 13B 0.9.7", "Lightricks/LTX-Video-0.9.7-dev", bytes(13.043e9, 1.247e9)},
        {"LTX-Video 13B 0.9.7 distilled", "Lightricks/LTX-Video-0.9.7-distilled", bytes(13.043e9, 1.247e9)},
    };
}

} // namespace

Family family() {
    return {
        .pipeline_classes = {"LTXPipeline", "LTXImageToVideoPipeline", "LTXConditionPipeline"},
        .describe = describe,
        .published = published,
        .presets = presets
    };
}

} // namespace rushes::ltx
