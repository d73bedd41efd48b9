// FluxPipeline of a directory: its components behind the interface of models/pipeline.h.
#include "models/pipeline.h"

#include "base/json_config.h"
#include "models/component_loading.h"
#include "models/family.h"
#include "models/flux/config.h"
#include "models/flux/denoising.h"
#include "models/flux/transformer.h"
#include "models/flux/weight_names.h"
#include "models/frame_decoder.h"
#include "models/latent_rgb.h"
#include "models/lora_networks.h"
#include "models/t5_prompts.h"
#include "models/unet/kl_vae.h"
#include "models/unet/original_names.h"
#include "text/clip_encoder.h"
#include "text/clip_tokenizer.h"

#include <utility>

#include <ATen/ATen.h>

namespace rushes::flux {

namespace {

bool for_each(const std::filesystem::path& /*file*/, std::size_t /*transformer*/) {
    return true;
}

WeightOptions with_names(WeightOptions options, WeightNames names) {
    options.names = std::move(names);
    return options;
}

KlDecoder load_decoder(const ModelInfo& info, const KlVaeConfig& config, WeightOptions options) {
    const WeightStore store(info.part("vae"), with_names(std::move(options), kl_vae_names(config)));
    return {store.root(), config};
}

class FluxPipeline final : public Pipeline {
public:
    FluxPipeline(const ModelInfo& info, const LoadOptions& options, const std::stop_token& stop)
        : FluxPipeline(info, options.loras, stop, ComponentLoading(info, options, stop)) {}

    const ModelInfo& info() const override { return info_; }

    Conditioning condition(const Brief& brief, std::stop_token stop, const ShareDone& done) override {
        TextEmbeddings text = prompts_.embed(brief, stop, done);
        const auto length = static_cast<std::size_t>(pooled_text_.config().positions);
        const std::vector<std::int64_t> ids = tokenizer_.encode(brief.prompt, length);
        text.pooled_prompt = pooled_text_.pooled(ids, pooled_text_.forward(ids, 0, stop));
        return text;
    }

    std::unique_ptr<Denoising> denoise(
        const Pass& pass,
        const Conditioning& conditioning,
        const at::Tensor& /*previous*/,
        std::stop_token stop,
        const ShareDone& /*done*/
    ) override {
        return std::make_unique<FluxDenoising>(
            config_,
            *transformers_.current(stop).front(),
            pass,
            latent_shape(pass, info_.lattice, config_.vae.latent_channels, config_.vae.stride()),
            std::any_cast<const TextEmbeddings&>(conditioning),
            stop
        );
    }

    std::unique_ptr<LatentDecoder> decoder(const Pass& pass) override {
        return fitting_decoder(frame_decoder(decoder_, pass.decode), *latent_rgb_);
    }

    at::Tensor preview(const at::Tensor& latents) const override { return latent_rgb_->pictures(latents); }

    bool change_loras(const std::vector<LoraFile>& loras, std::stop_token stop) override {
        transformers_.change(loras, stop);
        return true;
    }

private:
    FluxPipeline(
        const ModelInfo& info,
        std::vector<LoraFile> loras,
        const std::stop_token& stop,
        ComponentLoading loading
    )
        : info_(info),
          config_(read_pipeline_config(
              info.directory, JsonConfig::read(info.directory / "model_index.json", "model_index.json")
          )),
          tokenizer_(load_clip_tokenizer(info.part("tokenizer"))),
          pooled_text_(load_clip_encoder(info.part("text_encoder"), loading.weights("text_encoder"))),
          prompts_(
              info,
              loading,
              PipelineConfig::text_tokens,
              stop,
              PromptPadding::kept,
              {.encoder = "text_encoder_2", .tokenizer = "tokenizer_2"}
          ),
          transformers_(std::move(loras), for_each),
          decoder_(load_decoder(info, config_.vae, loading.weights("vae", at::kFloat))),
          latent_rgb_(load_latent_rgb(info, config_.vae.latent_channels)) {
        transformers_.add(
            info.part("transformer"),
            with_names(loading.weights("transformer"), transformer_names()),
            config_.transformer,
            {}
        );
        loading.done();
    }

    ModelInfo info_;
    PipelineConfig config_;
    ClipTokenizer tokenizer_;
    ClipEncoder pooled_text_;
    T5Prompts prompts_;
    LoraNetworks<Transformer> transformers_;
    KlDecoder decoder_;
    std::unique_ptr<LatentRgb> latent_rgb_;
};

} // namespace

std::unique_ptr<Pipeline>
load(const ModelInfo& info, const LoadOptions& options, const std::stop_token& stop) {
    return std::make_unique<FluxPipeline>(info, options, stop);
}

NewEncoder load_encoder(const ModelInfo&, const LoadOptions&, const std::stop_token&) {
    return {};
}

} // namespace rushes::flux
