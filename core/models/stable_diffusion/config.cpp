#include "models/stable_diffusion/config.h"

#include "models/model_index.h"
#include "models/unet/original_names.h"
#include "text/clip_config.h"

namespace rushes::stable_diffusion {

namespace fs = std::filesystem;

PipelineConfig read_pipeline_config(const fs::path& directory, const JsonConfig& index) {
    require_component(index, "unet", {"UNet2DConditionModel"});
    require_component(index, "vae", {"AutoencoderKL"});
    require_component(index, "text_encoder", {"CLIPTextModel"});
    require_component(index, "tokenizer", {"CLIPTokenizer", "CLIPTokenizerFast"});
    PipelineConfig result;
    const JsonConfig unet = component_config(directory, "unet");
    result.unet = read_unet_config(unet);
    require_text_alone(unet, result.unet);
    result.vae = read_kl_vae_config(component_config(directory, "vae"));
    const JsonConfig scheduler = component_config(directory, "scheduler", "scheduler_config.json");
    result.scheduler = read_scheduler_config(scheduler);
    if (result.scheduler.prediction == Prediction::flow) {
        scheduler.fail("this scheduler solves flows, which the UNet does not predict.");
    }
    const ClipConfig text = read_clip_config(directory / "text_encoder");
    if (text.hidden_size != result.unet.text_dim) {
        unet.fail(
            "the text encoder gives " + std::to_string(text.hidden_size) +
            " numbers for each piece of text, but the UNet takes " + std::to_string(result.unet.text_dim) +
            "."
        );
    }
    const std::int64_t channels = result.vae.latent_channels;
    if (result.unet.in_channels != channels || result.unet.out_channels != channels) {
        index.fail(
            "the UNet takes " + std::to_string(result.unet.in_channels) + " channels and gives " +
                std::to_string(result.unet.out_channels) + ", but the autoencoder's latents have " +
                std::to_string(channels) + ".",
            "Models that fill in or change a picture take more channels in; only those that begin from text "
            "are "
            "supported."
        );
    }
    const std::int64_t usual = unet.size("sample_size") > 0 ? 64 : unet.integer("sample_size", {1, 4096}, 64);
    result.side = static_cast<int>(usual * result.vae.stride());
    return result;
}

std::map<std::string, WeightNames> component_names(const PipelineConfig& config) {
    return {
        {"unet", unet_names(config.unet)},
        {"vae", kl_vae_names(config.vae)},
        {"text_encoder", clip_names()},
    };
}

} // namespace rushes::stable_diffusion
