#include "models/diffusion_pipeline.h"

#include "models/clip_prompts.h"
#include "models/companions.h"
#include "models/component_loading.h"
#include "models/diffusion_networks.h"
#include "models/frame_decoder.h"
#include "models/latent_rgb.h"
#include "models/residency.h"
#include "models/tiny_still_decoder.h"
#include "models/unet/kl_vae.h"
#include "models/unet_denoising.h"
#include "nn/weights/weight_store.h"
#include "text/clip_tokenizer.h"

#include <utility>
#include <vector>

#include <ATen/ATen.h>

namespace rushes {

namespace {

DiffusionNetworks::Part part_of(
    const ModelInfo& info, ComponentLoading& loading, const DiffusionModel& model, const std::string& name
) {
    DiffusionNetworks::Part part{info.part(name), loading.weights(name)};
    part.options.names = model.names.at(name);
    return part;
}

DiffusionNetworks::Parts
parts_of(const ModelInfo& info, ComponentLoading& loading, const DiffusionModel& model) {
    DiffusionNetworks::Parts parts{part_of(info, loading, model, "unet"), {}, {}};
    if (model.names.contains("motion_adapter")) {
        parts.motion = part_of(info, loading, model, "motion_adapter");
    }
    parts.text_encoders.push_back(part_of(info, loading, model, "text_encoder"));
    if (model.two_encoders()) {
        parts.text_encoders.push_back(part_of(info, loading, model, "text_encoder_2"));
    }
    return parts;
}

/// One for each text encoder: they may fill short texts up with different pieces.
std::vector<ClipTokenizer> tokenizers_of(const ModelInfo& info, const DiffusionModel& model) {
    std::vector<ClipTokenizer> tokenizers{load_clip_tokenizer(info.part("tokenizer"))};
    if (model.two_encoders()) {
        tokenizers.push_back(load_clip_tokenizer(info.part("tokenizer_2")));
    }
    return tokenizers;
}

KlDecoder load_decoder(const ModelInfo& info, const DiffusionModel& model, WeightOptions options) {
    options.names = model.names.at("vae");
    const WeightStore store(info.part("vae"), std::move(options));
    return {store.root(), model.vae};
}

class DiffusionPipeline final : public Pipeline {
public:
    DiffusionPipeline(
        const ModelInfo& info, DiffusionModel model, const LoadOptions& options, const std::stop_token& stop
    );

    const ModelInfo& info() const override { return info_; }

    Conditioning condition(const Brief& brief, std::stop_token stop, const ShareDone& done) override;
    std::unique_ptr<Denoising> denoise(
        const Pass& pass,
        const Conditioning& conditioning,
        const at::Tensor& previous,
        std::stop_token stop,
        const ShareDone& done
    ) override;
    std::unique_ptr<LatentDecoder> decoder(const Pass& pass) override;

    at::Tensor preview(const at::Tensor& latents) const override { return latent_rgb_->pictures(latents); }

    bool change_loras(const std::vector<LoraFile>& loras, std::stop_token stop) override {
        networks_.change(loras, stop);
        return true;
    }

    void get_ready() override {
        for (std::size_t i = 0; i < networks_.text_encoders(); ++i) {
            networks_.text_encoder(i);
        }
    }

private:
    DiffusionPipeline(
        const ModelInfo& info, DiffusionModel model, std::vector<LoraFile> loras, ComponentLoading loading
    );

    ModelInfo info_;
    DiffusionModel model_;
    bool text_stays_;
    std::vector<ClipTokenizer> tokenizers_;
    DiffusionNetworks networks_;
    KlDecoder decoder_;
    std::shared_ptr<const TinyStillDecoder> tiny_; ///< where there is one beside the model
    std::unique_ptr<LatentRgb> latent_rgb_;
};

DiffusionPipeline::DiffusionPipeline(
    const ModelInfo& info, DiffusionModel model, const LoadOptions& options, const std::stop_token& stop
)
    : DiffusionPipeline(info, std::move(model), options.loras, ComponentLoading(info, options, stop)) {}

// Half precision shows in the autoencoder: the published one overflows in fp16.
DiffusionPipeline::DiffusionPipeline(
    const ModelInfo& info, DiffusionModel model, std::vector<LoraFile> loras, ComponentLoading loading
)
    : info_(info),
      model_(std::move(model)),
      text_stays_(clip_stays(loading.options(), model_.unet.motion.has_value())),
      tokenizers_(tokenizers_of(info, model_)),
      networks_(parts_of(info, loading, model_), model_.unet, std::move(loras)),
      decoder_(load_decoder(info, model_, loading.weights("vae", at::kFloat))),
      latent_rgb_(load_latent_rgb(info, model_.vae.latent_channels)) {
    if (info.parts.contains(tiny_decoder_part)) {
        tiny_ = TinyStillDecoder::load(
            info.part(tiny_decoder_part), model_.vae.latent_channels, loading.unseen("vae", at::kFloat)
        );
    }
    loading.done();
}

Conditioning
DiffusionPipeline::condition(const Brief& brief, std::stop_token stop, const ShareDone& /*done*/) {
    const ClipEncoder& first = networks_.text_encoder(0, stop);
    if (!model_.two_encoders()) {
        return embed_prompts(tokenizers_.front(), first, brief, stop);
    }
    const ClipEncoder& second = networks_.text_encoder(1, stop);
    return embed_prompts_twice(
        {tokenizers_.front(), first}, {tokenizers_.back(), second}, brief, model_.zero_empty_negative, stop
    );
}

std::unique_ptr<Denoising> DiffusionPipeline::denoise(
    const Pass& pass,
    const Conditioning& conditioning,
    const at::Tensor& /*previous*/,
    std::stop_token stop,
    const ShareDone& /*done*/
) {
    if (!text_stays_) {
        networks_.release_text_encoders();
    }
    const LatentShape shape =
        latent_shape(pass, info_.lattice, model_.vae.latent_channels, model_.vae.stride());
    const auto& text = std::any_cast<const TextEmbeddings&>(conditioning);
    return std::make_unique<UNetDenoising>(
        networks_.unet(stop), model_.solver(pass.scheduler), model_.window, pass, shape, text, stop
    );
}

std::unique_ptr<LatentDecoder> DiffusionPipeline::decoder(const Pass& pass) {
    if (tiny_ && pass.fast_decode) {
        return tiny_->decoder(); // the map to colours is fitted to the true ones
    }
    return fitting_decoder(frame_decoder(decoder_, pass.decode), *latent_rgb_);
}

} // namespace

SchedulerConfig DiffusionModel::solver(const std::string& name) const {
    const auto student = students.find(name);
    return student != students.end() ? student->second : scheduler_by_name(scheduler, name);
}

std::unique_ptr<Pipeline> load_diffusion(
    const ModelInfo& info, DiffusionModel model, const LoadOptions& options, const std::stop_token& stop
) {
    return std::make_unique<DiffusionPipeline>(info, std::move(model), options, stop);
}

} // namespace rushes
