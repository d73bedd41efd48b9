#include "models/animatediff/config.h"

#include "base/error.h"
#include "models/model_index.h"
#include "models/unet/original_names.h"
#include "text/clip_config.h"

#include <algorithm>
#include <string>

namespace rushes::animatediff {

namespace fs = std::filesystem;

namespace {

/// What the adapters were trained with (their model cards on the Hugging Face Hub; guoyww/AnimateDiff,
/// configs/inference). Stable Diffusion's own noise levels are others.
SchedulerConfig trained_scheduler() {
    SchedulerConfig result;
    result.kind = SchedulerConfig::Kind::ddim;
    result.prediction = Prediction::epsilon;
    result.betas = {BetaSchedule::Curve::linear, 0.00085, 0.012, false};
    result.spacing = SchedulerConfig::Spacing::leading;
    result.steps_offset = 1;
    return result;
}

/// Of Stable Diffusion 2, whose adapters nobody made.
void refuse_newer_base(const JsonConfig& json, const UNetConfig& unet) {
    constexpr std::int64_t text_of_sd2 = 1024;
    if (unet.text_dim == text_of_sd2) {
        json.fail(
            "this is Stable Diffusion 2, and motion adapters need Stable Diffusion 1.5.",
            "Choose a model that was made from Stable Diffusion 1.5."
        );
    }
}

UNetConfig read_unet(const fs::path& directory, const JsonConfig& index, bool adapter_beside) {
    require_component(index, "unet", {adapter_beside ? "UNet2DConditionModel" : "UNetMotionModel"});
    const JsonConfig json = component_config(directory, "unet");
    UNetConfig unet = read_unet_config(json);
    require_text_alone(json, unet);
    refuse_newer_base(json, unet);
    if (adapter_beside) {
        unet = with_motion(unet, read_motion_adapter_config(component_config(directory, "motion_adapter")));
    }
    return unet;
}

/// The text's states go into the UNet as they are.
void check_text_encoder(const fs::path& directory, const UNetConfig& unet) {
    const JsonConfig config = component_config(directory, "text_encoder");
    const std::int64_t width = config.integer("hidden_size", {1, 1 << 20});
    if (width != unet.text_dim) {
        config.fail(
            "the text encoder gives " + std::to_string(width) +
                " numbers for each piece of text, but the UNet takes " + std::to_string(unet.text_dim) + ".",
            "Motion adapters need Stable Diffusion 1.5, whose text encoder gives 768."
        );
    }
}

/// Its own scheduler is for stills; but what its UNet predicts must be what the adapters were trained for.
SchedulerConfig scheduler_for_clips(const fs::path& directory) {
    if (fs::exists(directory / "scheduler" / "scheduler_config.json")) {
        const JsonConfig config = component_config(directory, "scheduler", "scheduler_config.json");
        if (config.text("prediction_type", "epsilon") != "epsilon") {
            config.fail(
                "this Stable Diffusion predicts " + config.text("prediction_type") +
                    ", and motion adapters were trained with models that predict the noise (epsilon).",
                "Choose another Stable Diffusion 1.5."
            );
        }
    }
    return trained_scheduler();
}

SchedulerConfig read_scheduler(const fs::path& directory, const JsonConfig& index) {
    if (index.text("_class_name") == "StableDiffusionPipeline") {
        return scheduler_for_clips(directory);
    }
    const JsonConfig config = component_config(directory, "scheduler", "scheduler_config.json");
    SchedulerConfig result = read_scheduler_config(config);
    if (result.prediction == Prediction::flow) {
        config.fail("this scheduler solves flows, which the UNet does not predict.");
    }
    return result;
}

} // namespace

PipelineConfig read_pipeline_config(const fs::path& directory, const JsonConfig& index) {
    if (index.text("_class_name") == "AnimateDiffSDXLPipeline") {
        index.fail(
            "this is AnimateDiff on SDXL, which this version does not run.",
            "Choose AnimateDiff on Stable Diffusion 1.5."
        );
    }
    PipelineConfig result;
    const std::string unet = component_class(index, "unet");
    result.adapter_beside = unet == "UNet2DConditionModel";
    if (result.adapter_beside && !fs::exists(directory / "motion_adapter" / "config.json")) {
        index.fail(
            "this is Stable Diffusion without a motion adapter, which makes pictures that do not move.",
            "Put the folder of a motion adapter for Stable Diffusion 1.5 into it, by the name motion_adapter."
        );
    }
    require_component(index, "vae", {"AutoencoderKL"});
    require_component(index, "text_encoder", {"CLIPTextModel"});
    require_component(index, "tokenizer", {"CLIPTokenizer", "CLIPTokenizerFast"});
    result.unet = read_unet(directory, index, result.adapter_beside);
    result.vae = read_kl_vae_config(component_config(directory, "vae"));
    result.scheduler = read_scheduler(directory, index);
    check_text_encoder(directory, result.unet);
    const std::int64_t channels = result.vae.latent_channels;
    if (result.unet.in_channels != channels || result.unet.out_channels != channels) {
        index.fail(
            "the UNet takes " + std::to_string(result.unet.in_channels) + " channels and gives " +
                std::to_string(result.unet.out_channels) + ", but the autoencoder's latents have " +
                std::to_string(channels) + ".",
            "Models that begin from a picture take more channels in; only those that begin from text are "
            "supported."
        );
    }
    return result;
}

std::map<std::string, WeightNames> component_names(const PipelineConfig& config) {
    std::map<std::string, WeightNames> names{
        {"unet", unet_names(config.unet)},
        {"vae", kl_vae_names(config.vae)},
        {"text_encoder", clip_names()},
    };
    if (config.adapter_beside) {
        names.emplace("motion_adapter", motion_names());
    }
    return names;
}

} // namespace rushes::animatediff
