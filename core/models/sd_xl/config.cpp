#include "models/sd_xl/config.h"

#include "models/model_index.h"
#include "models/unet/original_names.h"
#include "text/clip_config.h"

#include <utility>

namespace rushes::sd_xl {

namespace fs = std::filesystem;

namespace {

/// It goes on where another model stopped, and looks at one text encoder only.
void refuse_refiner(const JsonConfig& index) {
    if (index.text("_class_name") == "StableDiffusionXLImg2ImgPipeline" ||
        component_class(index, "text_encoder").empty()) {
        index.fail(
            "this is SDXL's refiner, which finishes pictures that another model began and makes none from "
            "text.",
            "Choose the directory of SDXL itself, of Turbo or of Lightning."
        );
    }
}

UNetConfig read_unet(const JsonConfig& json) {
    UNetConfig unet = read_unet_config(json);
    if (!unet.added) {
        json.fail("this UNet takes nothing but the text, as those of Stable Diffusion 1.x and 2.x do, and "
                  "the rest of "
                  "this directory belongs to SDXL.");
    }
    return unet;
}

KlVaeConfig read_vae(const JsonConfig& json) {
    constexpr double of_older_models = 0.18215;
    KlVaeConfig vae = read_kl_vae_config(json);
    if (vae.scaling_factor == of_older_models) {
        json.fail("this is the autoencoder of Stable Diffusion 1.x and 2.x (\"scaling_factor\" 0.18215), and "
                  "SDXL has "
                  "one of its own (0.13025).");
    }
    if (json.has("latents_mean") || json.has("latents_std")) {
        json.fail(R"("latents_mean" and "latents_std" are not supported.)");
    }
    return vae;
}

SchedulerConfig read_scheduler(const fs::path& directory, const UNetConfig& unet) {
    const JsonConfig json = component_config(directory, "scheduler", "scheduler_config.json");
    const SchedulerConfig scheduler = read_scheduler_config(json);
    if (scheduler.prediction == Prediction::flow) {
        json.fail("this scheduler solves flows, which the UNet does not predict.");
    }
    // People put LCM's UNet alone into a directory of SDXL.
    return unet.guidance_dim > 0 ? scheduler_by_name(scheduler, scheduler_name(SchedulerConfig::Kind::lcm))
                                 : scheduler;
}

/// Both encoders' states go into the UNet side by side, and what the second makes of the whole text beside
/// them.
void check_texts(const fs::path& directory, const JsonConfig& json, const UNetConfig& unet) {
    const ClipConfig first = read_clip_config(directory / "text_encoder");
    const ClipConfig second = read_clip_config(directory / "text_encoder_2");
    const std::int64_t width = first.hidden_size + second.hidden_size;
    if (width != unet.text_dim) {
        json.fail(
            "the text encoders give " + std::to_string(width) +
            " numbers for each piece of text, but the UNet takes " + std::to_string(unet.text_dim) + "."
        );
    }
    if (second.projection_dim != unet.added->pooled_dim) {
        json.fail(
            "the second text encoder gives " + std::to_string(second.projection_dim) +
            " numbers for a whole text, but the UNet takes " + std::to_string(unet.added->pooled_dim) + "."
        );
    }
}

void check_channels(const JsonConfig& index, const UNetConfig& unet, const KlVaeConfig& vae) {
    const std::int64_t channels = vae.latent_channels;
    if (unet.in_channels != channels || unet.out_channels != channels) {
        index.fail(
            "the UNet takes " + std::to_string(unet.in_channels) + " channels and gives " +
                std::to_string(unet.out_channels) + ", but the autoencoder's latents have " +
                std::to_string(channels) + ".",
            "Models that fill in or change a picture take more channels in; only those that begin from text "
            "are supported."
        );
    }
}

} // namespace

PipelineConfig::Kind PipelineConfig::kind() const {
    using Solver = SchedulerConfig::Kind;
    const bool euler = scheduler.kind == Solver::euler || scheduler.kind == Solver::euler_ancestral;
    return scheduler.kind == Solver::lcm                                      ? Kind::consistent
           : euler && scheduler.spacing == SchedulerConfig::Spacing::trailing ? Kind::adversarial
                                                                              : Kind::plain;
}

PipelineConfig read_pipeline_config(const fs::path& directory, const JsonConfig& index) {
    refuse_refiner(index);
    require_component(index, "unet", {"UNet2DConditionModel"});
    require_component(index, "vae", {"AutoencoderKL"});
    require_component(index, "text_encoder", {"CLIPTextModel"});
    require_component(index, "text_encoder_2", {"CLIPTextModelWithProjection"});
    require_component(index, "tokenizer", {"CLIPTokenizer", "CLIPTokenizerFast"});
    require_component(index, "tokenizer_2", {"CLIPTokenizer", "CLIPTokenizerFast"});
    PipelineConfig result;
    const JsonConfig unet = component_config(directory, "unet");
    result.unet = read_unet(unet);
    result.vae = read_vae(component_config(directory, "vae"));
    result.scheduler = read_scheduler(directory, result.unet);
    result.zero_empty_negative = index.boolean("force_zeros_for_empty_prompt", true);
    check_texts(directory, unet, result.unet);
    check_channels(index, result.unet, result.vae);
    const std::int64_t usual =
        unet.size("sample_size") > 0 ? 128 : unet.integer("sample_size", {1, 4096}, 128);
    result.side = static_cast<int>(usual * result.vae.stride());
    return result;
}

SchedulerConfig lightning(const SchedulerConfig& own) {
    SchedulerConfig solver = scheduler_by_name(own, scheduler_name(SchedulerConfig::Kind::euler));
    solver.spacing = SchedulerConfig::Spacing::trailing;
    return solver;
}

std::map<std::string, WeightNames> component_names(const PipelineConfig& config) {
    WeightNames second = open_clip_names();
    second.lora_prefixes = {"lora_te2_", "text_encoder_2."};
    return {
        {"unet", unet_names(config.unet)},
        {"vae", kl_vae_names(config.vae)},
        {"text_encoder", clip_names()},
        {"text_encoder_2", std::move(second)},
    };
}

} // namespace rushes::sd_xl
