// WanPipeline of a directory: its components behind the interface of models/pipeline.h.
#include "models/pipeline.h"

#include "base/error.h"
#include "base/json_config.h"
#include "base/paths.h"
#include "models/latent_rgb.h"
#include "models/residency.h"
#include "models/wan/config.h"
#include "models/wan/denoising.h"
#include "models/wan/transformer.h"
#include "models/wan/vae.h"
#include "nn/weights/safetensors.h"
#include "text/prompt_clean.h"
#include "text/umt5_encoder.h"
#include "text/unigram_tokenizer.h"

#include <array>

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

/// Shares one progress bar among components by their size.
class LoadProgress {
public:
    LoadProgress(std::function<void(double)> report, const ModelInfo& info)
        : report_(std::move(report)), total_(std::max<double>(1, static_cast<double>(info.weight_bytes))) {}

    std::function<void(double)> part(const fs::path& directory) {
        const auto bytes = static_cast<double>(index_weights(directory).bytes());
        const double before = done_;
        done_ += bytes;
        return [this, before, bytes](double fraction) { tell((before + bytes * fraction) / total_); };
    }

    void tell(double fraction) const {
        if (report_) {
            report_(std::min(fraction, 1.0));
        }
    }

private:
    std::function<void(double)> report_;
    double total_;
    double done_ = 0;
};

std::unique_ptr<LatentRgb> load_latent_rgb(const ModelInfo& info, std::int64_t channels) {
    const fs::path path = info.directory / "latent_rgb.safetensors";
    if (!fs::exists(path)) {
        return std::make_unique<LatentRgb>(channels, cache_dir() / "latent-rgb" / (info.hash + ".json"));
    }
    const SafetensorsFile file(path);
    const at::Tensor weight = file.tensor("weight");
    const at::Tensor bias = file.tensor("bias");
    if (weight.sizes() != at::IntArrayRef({3, channels}) || bias.sizes() != at::IntArrayRef({3})) {
        throw Error(
            ErrorKind::user,
            "latent_rgb.safetensors must hold a weight of 3 x " + std::to_string(channels) +
                " and a bias of 3 numbers."
        );
    }
    return std::make_unique<LatentRgb>(weight, bias);
}

/// Shows the map from latents to colours what the latents became.
class ObservedDecoder final : public LatentDecoder {
public:
    ObservedDecoder(std::unique_ptr<LatentDecoder> decoder, LatentRgb& latent_rgb)
        : decoder_(std::move(decoder)), latent_rgb_(latent_rgb) {}

    at::Tensor decode_next(const at::Tensor& latent, std::stop_token stop, const ShareDone& done) override {
        const at::Tensor pictures = decoder_->decode_next(latent, stop, done);
        latent_rgb_.observe(latent, pictures);
        return pictures;
    }

    at::Tensor finish(std::stop_token stop, const ShareDone& done) override {
        return decoder_->finish(stop, done);
    }

private:
    std::unique_ptr<LatentDecoder> decoder_;
    LatentRgb& latent_rgb_;
};

} // namespace

class WanPipeline final : public Pipeline {
public:
    WanPipeline(const ModelInfo& info, const LoadOptions& options, const std::stop_token& stop);

    const ModelInfo& info() const override { return info_; }

    Conditioning condition(const Brief& brief, std::stop_token stop, const ShareDone& done) override;
    std::unique_ptr<Denoising> denoise(
        const Pass& pass,
        const Conditioning& conditioning,
        const at::Tensor& previous,
        std::stop_token stop
    ) override;
    std::unique_ptr<LatentDecoder> decoder(const Pass& pass) override;

    at::Tensor preview(const at::Tensor& latents) const override { return latent_rgb_->pictures(latents); }

private:
    std::unique_ptr<Transformer> load_transformer(
        const std::string& component, const TransformerConfig& config, const WeightOptions& options
    ) const;
    WeightOptions text_options(const std::stop_token& stop) const;
    at::Tensor embed(const Umt5Encoder& encoder, const std::string& text, const std::stop_token& stop) const;

    ModelInfo info_;
    PipelineConfig config_;
    at::Device device_;
    at::ScalarType dtype_;
    UnigramTokenizer tokenizer_;
    bool text_encoder_stays_;
    std::unique_ptr<Umt5Encoder> text_encoder_; ///< only while it stays
    std::vector<std::unique_ptr<Transformer>> transformers_;
    std::shared_ptr<const Vae> vae_;
    std::unique_ptr<LatentRgb> latent_rgb_;
};

WanPipeline::WanPipeline(const ModelInfo& info, const LoadOptions& options, const std::stop_token& stop)
    : info_(info),
      config_(read_pipeline_config(
          info.directory, JsonConfig::read(info.directory / "model_index.json", "model_index.json")
      )),
      device_(options.device),
      dtype_(dtype_of(options.dtype)),
      tokenizer_(load_unigram_tokenizer(info.directory / "tokenizer")),
      text_encoder_stays_(text_encoder_stays(index_weights(info.directory / "text_encoder").bytes(), options)) {
    LoadProgress progress(options.progress, info);
    const auto weights = [&](const std::string& component, at::ScalarType dtype) {
        return WeightOptions{device_, dtype, progress.part(info.directory / component), stop};
    };
    if (text_encoder_stays_) {
        text_encoder_ = std::make_unique<Umt5Encoder>(
            load_umt5_encoder(info.directory / "text_encoder", weights("text_encoder", dtype_))
        );
    }
    transformers_.push_back(
        load_transformer("transformer", config_.transformer, weights("transformer", dtype_))
    );
    if (config_.transformer_2) {
        transformers_.push_back(
            load_transformer("transformer_2", *config_.transformer_2, weights("transformer_2", dtype_))
        );
    }
    // The VAE stays in fp32: its published weights are meant so, and bf16 shows in flat colours.
    vae_ = Vae::load(info.directory / "vae", weights("vae", at::kFloat), VaeParts::decoder);
    latent_rgb_ = load_latent_rgb(info, vae_->config().z_dim);
    progress.tell(1);
}

std::unique_ptr<Transformer> WanPipeline::load_transformer(
    const std::string& component, const TransformerConfig& config, const WeightOptions& options
) const {
    const WeightStore store(info_.directory / component, options);
    auto transformer = std::make_unique<Transformer>(config, store.root());
    constexpr std::array<std::string_view, 1> ignored_by_the_reference{"norm_added_q"};
    store.expect_all_used(ignored_by_the_reference);
    return transformer;
}

at::Tensor
WanPipeline::embed(const Umt5Encoder& encoder, const std::string& text, const std::stop_token& stop) const {
    return encoder.forward(tokenizer_.encode(clean_prompt(text), max_text_tokens), stop);
}

Conditioning WanPipeline::condition(const Brief& brief, std::stop_token stop, const ShareDone& /*done*/) {
    const auto with = [&](const Umt5Encoder& encoder) {
        return TextEmbeddings{
            embed(encoder, brief.prompt, stop),
            brief.guided ? embed(encoder, brief.negative, stop) : at::Tensor()
        };
    };
    if (text_encoder_) {
        return with(*text_encoder_);
    }
    return with(load_umt5_encoder(
        info_.directory / "text_encoder", {.device = device_, .dtype = dtype_, .stop = stop}
    ));
}

std::unique_ptr<Denoising> WanPipeline::denoise(
    const Pass& pass, const Conditioning& conditioning, const at::Tensor& /*previous*/, std::stop_token stop
) {
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

std::unique_ptr<LatentDecoder> WanPipeline::decoder(const Pass& /*pass*/) {
    if (latent_rgb_->wants_pairs()) {
        return std::make_unique<ObservedDecoder>(vae_->decoder(), *latent_rgb_);
    }
    return vae_->decoder();
}

/// For load_pipeline().
std::unique_ptr<Pipeline>
load(const ModelInfo& info, const LoadOptions& options, const std::stop_token& stop);

std::unique_ptr<Pipeline>
load(const ModelInfo& info, const LoadOptions& options, const std::stop_token& stop) {
    return std::make_unique<WanPipeline>(info, options, stop);
}

} // namespace rushes::wan
