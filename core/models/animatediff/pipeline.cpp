// AnimateDiffPipeline of a directory: its components behind the interface of models/pipeline.h.
#include "models/pipeline.h"

#include "base/json_config.h"
#include "models/animatediff/config.h"
#include "models/animatediff/denoising.h"
#include "models/component_loading.h"
#include "models/family.h"
#include "models/latent_rgb.h"
#include "models/pixels.h"
#include "models/unet/kl_vae.h"
#include "nn/weights/weight_store.h"
#include "text/clip_encoder.h"
#include "text/clip_tokenizer.h"
#include "text/prompt_weights.h"

#include <ATen/ATen.h>

namespace rushes::animatediff {

namespace fs = std::filesystem;

namespace {

/// A frame a latent, each on its own.
class FrameDecoder final : public LatentDecoder {
public:
    explicit FrameDecoder(const KlDecoder& decoder) : decoder_(decoder) {}

    at::Tensor decode_next(const at::Tensor& latent, std::stop_token stop, const ShareDone& done) override {
        return bytes_of_pixels(decoder_.forward(latent.squeeze(2), stop, done).permute({0, 2, 3, 1}));
    }

private:
    const KlDecoder& decoder_;
};

UNet load_unet(
    const ModelInfo& info,
    const PipelineConfig& config,
    const WeightOptions& unet,
    const WeightOptions& motion
) {
    const WeightStore store(info.part("unet"), unet);
    if (!config.adapter_beside) {
        UNet result(store.root(), store.root(), config.unet);
        store.expect_all_used();
        return result;
    }
    const WeightStore adapter(info.part("motion_adapter"), motion);
    UNet result(store.root(), adapter.root(), config.unet);
    store.expect_all_used();
    adapter.expect_all_used();
    return result;
}

KlDecoder load_decoder(const ModelInfo& info, const KlVaeConfig& config, const WeightOptions& options) {
    const WeightStore store(info.part("vae"), options);
    return {store.root(), config};
}

} // namespace

class AnimateDiffPipeline final : public Pipeline {
public:
    AnimateDiffPipeline(const ModelInfo& info, const LoadOptions& options, const std::stop_token& stop);

    const ModelInfo& info() const override { return info_; }

    Conditioning condition(const Brief& brief, std::stop_token stop, const ShareDone& done) override;
    std::unique_ptr<Denoising> denoise(
        const Pass& pass, const Conditioning& conditioning, const at::Tensor& previous, std::stop_token stop
    ) override;
    std::unique_ptr<LatentDecoder> decoder(const Pass& pass, DecoderMemory memory) override;

    at::Tensor preview(const at::Tensor& latents) const override { return latent_rgb_->pictures(latents); }

private:
    ModelInfo info_;
    PipelineConfig config_;
    ClipTokenizer tokenizer_;
    std::unique_ptr<ClipEncoder> text_encoder_;
    std::unique_ptr<UNet> unet_;
    std::unique_ptr<KlDecoder> decoder_;
    std::unique_ptr<LatentRgb> latent_rgb_;
};

AnimateDiffPipeline::AnimateDiffPipeline(
    const ModelInfo& info, const LoadOptions& options, const std::stop_token& stop
)
    : info_(info),
      config_(read_pipeline_config(
          info.directory, JsonConfig::read(info.directory / "model_index.json", "model_index.json")
      )),
      tokenizer_(load_clip_tokenizer(info.part("tokenizer"))) {
    ComponentLoading loading(info, options, stop);
    text_encoder_ = std::make_unique<ClipEncoder>(
        load_clip_encoder(info.part("text_encoder"), loading.weights("text_encoder"))
    );
    const WeightOptions unet = loading.weights("unet");
    const WeightOptions motion = config_.adapter_beside ? loading.weights("motion_adapter") : WeightOptions();
    unet_ = std::make_unique<UNet>(load_unet(info, config_, unet, motion));
    // Half precision shows in the autoencoder: the published one overflows in fp16.
    decoder_ =
        std::make_unique<KlDecoder>(load_decoder(info, config_.vae, loading.weights("vae", at::kFloat)));
    latent_rgb_ = load_latent_rgb(info, config_.vae.latent_channels);
    loading.done();
}

/// Both prompts in the same number of chunks: the UNet sees them as one.
Conditioning
AnimateDiffPipeline::condition(const Brief& brief, std::stop_token stop, const ShareDone& /*done*/) {
    const auto length = static_cast<std::size_t>(text_encoder_->config().positions);
    std::vector<PromptChunk> prompt = prompt_chunks(tokenizer_, brief.prompt, length);
    if (!brief.guided) {
        return TextEmbeddings{embed_chunks(*text_encoder_, prompt, 0, stop), {}};
    }
    std::vector<PromptChunk> negative = prompt_chunks(tokenizer_, brief.negative, length);
    const std::size_t count = std::max(prompt.size(), negative.size());
    prompt.resize(count, empty_chunk(tokenizer_, length));
    negative.resize(count, empty_chunk(tokenizer_, length));
    return TextEmbeddings{
        embed_chunks(*text_encoder_, prompt, 0, stop), embed_chunks(*text_encoder_, negative, 0, stop)
    };
}

std::unique_ptr<Denoising> AnimateDiffPipeline::denoise(
    const Pass& pass, const Conditioning& conditioning, const at::Tensor& /*previous*/, std::stop_token stop
) {
    const LatentShape shape =
        latent_shape(pass, info_.lattice, config_.vae.latent_channels, config_.vae.stride());
    const auto& text = std::any_cast<const TextEmbeddings&>(conditioning);
    return std::make_unique<AnimateDiffDenoising>(*unet_, config_.scheduler, pass, shape, text, stop);
}

std::unique_ptr<LatentDecoder> AnimateDiffPipeline::decoder(const Pass& /*pass*/, DecoderMemory /*memory*/) {
    return fitting_decoder(std::make_unique<FrameDecoder>(*decoder_), *latent_rgb_);
}

std::unique_ptr<Pipeline>
load(const ModelInfo& info, const LoadOptions& options, const std::stop_token& stop) {
    return std::make_unique<AnimateDiffPipeline>(info, options, stop);
}

} // namespace rushes::animatediff
