// WanPipeline of a directory: its components behind the interface of models/pipeline.h.
#include "models/pipeline.h"

#include "base/error.h"
#include "base/json_config.h"
#include "models/companions.h"
#include "models/family.h"
#include "models/latent_rgb.h"
#include "models/load_progress.h"
#include "models/phase_part.h"
#include "models/residency.h"
#include "models/tiny_decoder.h"
#include "models/wan/config.h"
#include "models/wan/denoising.h"
#include "models/wan/transformer.h"
#include "models/wan/vae.h"
#include "models/wan/weight_names.h"
#include "nn/weights/weight_store.h"
#include "text/prompt_clean.h"
#include "text/umt5_encoder.h"
#include "text/unigram_tokenizer.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

#include <ATen/ATen.h>

namespace rushes::wan {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t max_text_tokens = 512;

at::ScalarType dtype_of(const std::string& name) {
    if (name == "fp32") {
        return at::kFloat;
    }
    if (name == "bf16") {
        return at::kBFloat16;
    }
    throw Error(ErrorKind::user, "The number type is \"" + name + "\", expected fp32 or bf16.");
}

/// LoRAs for a model of two transformers come in pairs, and the file's name says for which of them; one that
/// does not say is for both.
bool is_for(const fs::path& file, std::size_t transformer) {
    std::string name = file.filename().string();
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
    const auto says = [&](const std::string& level) {
        return name.find(level + "_noise") != std::string::npos ||
               name.find(level + "-noise") != std::string::npos;
    };
    return !says(transformer == 0 ? "low" : "high");
}

} // namespace

class WanPipeline final : public Pipeline {
public:
    WanPipeline(const ModelInfo& info, const LoadOptions& options, const std::stop_token& stop);

    const ModelInfo& info() const override { return info_; }

    Conditioning condition(const Brief& brief, std::stop_token stop, const ShareDone& done) override;
    std::unique_ptr<Denoising> denoise(
        const Pass& pass, const Conditioning& conditioning, const at::Tensor& previous, std::stop_token stop
    ) override;
    std::unique_ptr<LatentDecoder> decoder(const Pass& pass, DecoderMemory memory) override;

    at::Tensor preview(const at::Tensor& latents) const override { return latent_rgb_->pictures(latents); }

    bool change_loras(const std::vector<LoraFile>& loras, std::stop_token stop) override;

private:
    PhasePart<Umt5Encoder>::Load text_encoder_loader(const LoadOptions& options) const;
    void load_transformer(
        const std::string& component, const TransformerConfig& config, const WeightOptions& options
    );
    void use_loras(const std::vector<LoraFile>& loras);
    void reload(const std::stop_token& stop);
    at::Tensor embed(const Umt5Encoder& encoder, const std::string& text, const std::stop_token& stop) const;

    ModelInfo info_;
    PipelineConfig config_;
    at::ScalarType dtype_;
    UnigramTokenizer tokenizer_;
    std::optional<PhasePart<Umt5Encoder>> text_encoder_;
    std::vector<WeightStore> stores_; ///< one a transformer
    std::vector<std::unique_ptr<Transformer>> transformers_;
    std::vector<LoraFile> loras_; ///< of the stores
    bool stale_ = false;          ///< the transformers have other LoRAs than the stores
    std::shared_ptr<const Vae> vae_;
    std::shared_ptr<const TinyDecoder> tiny_; ///< where there is one beside the model
    std::unique_ptr<LatentRgb> latent_rgb_;
};

WanPipeline::WanPipeline(const ModelInfo& info, const LoadOptions& options, const std::stop_token& stop)
    : info_(info),
      config_(read_pipeline_config(
          info.directory, JsonConfig::read(info.directory / "model_index.json", "model_index.json")
      )),
      dtype_(dtype_of(options.dtype)),
      tokenizer_(load_unigram_tokenizer(info.part("tokenizer"))),
      loras_(options.loras) {
    LoadProgress progress(options.progress, info.weight_bytes);
    const auto weights = [&](const std::string& component, at::ScalarType dtype) {
        const at::Device device(options.device_of(component));
        return WeightOptions{device, dtype, progress.part(info.part(component)), stop};
    };
    const fs::path text_encoder = info.part("text_encoder");
    const bool stays = text_encoder_stays(index_weights(text_encoder).bytes(), options);
    text_encoder_.emplace(
        text_encoder_loader(options), stays, stays ? progress.part(text_encoder) : nullptr, stop
    );
    load_transformer("transformer", config_.transformer, weights("transformer", dtype_));
    if (config_.transformer_2) {
        load_transformer("transformer_2", *config_.transformer_2, weights("transformer_2", dtype_));
    }
    // The VAE stays in fp32: its published weights are meant so, and bf16 shows in flat colours.
    vae_ = Vae::load(info.part("vae"), weights("vae", at::kFloat), VaeParts::decoder);
    if (info.parts.contains(tiny_decoder_part)) {
        const WeightOptions tiny{at::Device(options.device_of("vae")), at::kFloat, {}, stop};
        const VaeConfig& vae = vae_->config();
        tiny_ = TinyDecoder::load(
            info.part(tiny_decoder_part),
            {.channels = vae.z_dim, .frame_stride = vae.frame_stride(), .pixel_stride = vae.pixel_stride()},
            tiny
        );
    }
    latent_rgb_ = load_latent_rgb(info, vae_->config().z_dim);
    progress.tell(1);
}

PhasePart<Umt5Encoder>::Load WanPipeline::text_encoder_loader(const LoadOptions& options) const {
    const WeightOptions weights{.device = at::Device(options.device_of("text_encoder")), .dtype = dtype_};
    return [directory = info_.part("text_encoder"),
            weights](const std::function<void(double)>& progress, const std::stop_token& stop) {
        return load_umt5_encoder(directory, {weights.device, weights.dtype, progress, stop});
    };
}

void WanPipeline::load_transformer(
    const std::string& component, const TransformerConfig& config, const WeightOptions& options
) {
    WeightOptions named = options;
    named.names = transformer_names();
    const WeightStore& store = stores_.emplace_back(info_.part(component), std::move(named));
    use_loras(loras_);
    transformers_.push_back(std::make_unique<Transformer>(config, store.root()));
    constexpr std::array<std::string_view, 1> ignored_by_the_reference{"norm_added_q"};
    store.expect_all_used(ignored_by_the_reference);
}

void WanPipeline::use_loras(const std::vector<LoraFile>& loras) {
    for (std::size_t i = 0; i < stores_.size(); ++i) {
        std::vector<LoraUse> uses;
        for (const LoraFile& lora : loras) {
            if (is_for(lora.file, i)) {
                uses.push_back({lora.file, lora.strength});
            }
        }
        stores_[i].use_loras(uses);
    }
}

void WanPipeline::reload(const std::stop_token& stop) {
    for (std::size_t i = 0; i < transformers_.size(); ++i) {
        stores_[i].read_again({}, stop);
        transformers_[i]->reload();
        stores_[i].read_again({}, {});
    }
    stale_ = false;
}

bool WanPipeline::change_loras(const std::vector<LoraFile>& loras, std::stop_token stop) {
    try {
        use_loras(loras);
        stale_ = true;
        reload(stop);
    } catch (...) { // those from before stay, and denoise() goes on with them
        use_loras(loras_);
        throw;
    }
    loras_ = loras;
    return true;
}

at::Tensor
WanPipeline::embed(const Umt5Encoder& encoder, const std::string& text, const std::stop_token& stop) const {
    return encoder.forward(tokenizer_.encode(clean_prompt(text), max_text_tokens), stop);
}

Conditioning WanPipeline::condition(const Brief& brief, std::stop_token stop, const ShareDone& done) {
    const auto with = [&](const Umt5Encoder& encoder) {
        return TextEmbeddings{
            embed(encoder, brief.prompt, stop),
            brief.guided ? embed(encoder, brief.negative, stop) : at::Tensor()
        };
    };
    return text_encoder_->with(with, done, stop);
}

std::unique_ptr<Denoising> WanPipeline::denoise(
    const Pass& pass, const Conditioning& conditioning, const at::Tensor& /*previous*/, std::stop_token stop
) {
    if (stale_) {
        reload(stop);
    }
    const auto& text = std::any_cast<const TextEmbeddings&>(conditioning);
    const VaeConfig& vae = vae_->config();
    require_on_lattice(pass, info_.lattice);
    const LatentShape shape{
        vae.z_dim,
        info_.lattice.latent_frames(pass.frames),
        pass.height / vae.pixel_stride(),
        pass.width / vae.pixel_stride()
    };
    if (config_.causal) {
        return std::make_unique<CausalDenoising>(
            *config_.causal,
            config_.scheduler.num_train_timesteps,
            *transformers_.front(),
            pass,
            shape,
            text,
            stop
        );
    }
    std::vector<const Transformer*> transformers;
    for (const auto& transformer : transformers_) {
        transformers.push_back(transformer.get());
    }
    return std::make_unique<FullDenoising>(config_, transformers, pass, shape, text, stop);
}

std::unique_ptr<LatentDecoder> WanPipeline::decoder(const Pass& pass, DecoderMemory memory) {
    if (tiny_ && pass.fast_decode) {
        return tiny_->decoder(); // the map to colours is fitted to the true ones
    }
    return fitting_decoder(vae_->decoder(memory), *latent_rgb_);
}

std::unique_ptr<Pipeline>
load(const ModelInfo& info, const LoadOptions& options, const std::stop_token& stop) {
    return std::make_unique<WanPipeline>(info, options, stop);
}

} // namespace rushes::wan
