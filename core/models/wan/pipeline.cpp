// WanPipeline of a directory: its components behind the interface of models/pipeline.h.
#include "models/pipeline.h"

#include "base/json_config.h"
#include "models/companions.h"
#include "models/component_loading.h"
#include "models/family.h"
#include "models/latent_rgb.h"
#include "models/lora_networks.h"
#include "models/t5_prompts.h"
#include "models/tiny_decoder.h"
#include "models/wan/config.h"
#include "models/wan/denoising.h"
#include "models/wan/picture_encoders.h"
#include "models/wan/transformer.h"
#include "models/wan/vae.h"
#include "models/wan/weight_names.h"
#include "text/prompt_clean.h"

#include <algorithm>
#include <array>
#include <cctype>

#include <ATen/ATen.h>

namespace rushes::wan {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t max_text_tokens = 512;

/// On a CPU fp32, which is as fast there and has no steps in flat colours; on a card as the rest, for half of
/// the memory and time.
at::ScalarType vae_dtype(const LoadOptions& options) {
    return options.device_of("vae") == "cpu" ? at::kFloat : number_type(options.dtype);
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
        const Pass& pass,
        const Conditioning& conditioning,
        const at::Tensor& previous,
        std::stop_token stop,
        const ShareDone& done
    ) override;
    std::unique_ptr<LatentDecoder> decoder(const Pass& pass) override;

    at::Tensor preview(const at::Tensor& latents) const override { return latent_rgb_->pictures(latents); }

    bool change_loras(const std::vector<LoraFile>& loras, std::stop_token stop) override;

private:
    WanPipeline(
        const ModelInfo& info,
        std::vector<LoraFile> loras,
        const std::stop_token& stop,
        ComponentLoading loading
    );
    void
    load_transformer(const std::string& component, const TransformerConfig& config, WeightOptions options);

    ModelInfo info_;
    PipelineConfig config_;
    T5Prompts prompts_;
    PictureEncoders pictures_;
    DenoiserPlace denoiser_;
    LoraNetworks<Transformer> transformers_;
    std::shared_ptr<const Vae> vae_;
    std::shared_ptr<const TinyDecoder> tiny_; ///< where there is one beside the model
    std::unique_ptr<LatentRgb> latent_rgb_;
};

WanPipeline::WanPipeline(const ModelInfo& info, const LoadOptions& options, const std::stop_token& stop)
    : WanPipeline(info, options.loras, stop, ComponentLoading(info, options, stop)) {}

WanPipeline::WanPipeline(
    const ModelInfo& info, std::vector<LoraFile> loras, const std::stop_token& stop, ComponentLoading loading
)
    : info_(info),
      config_(read_pipeline_config(
          info.directory, JsonConfig::read(info.directory / "model_index.json", "model_index.json")
      )),
      prompts_(info, loading, max_text_tokens, stop),
      pictures_(info, config_, loading, stop),
      denoiser_(loading.options().denoiser),
      transformers_(std::move(loras), is_for) {
    load_transformer("transformer", config_.transformer, loading.weights("transformer"));
    if (config_.transformer_2) {
        load_transformer("transformer_2", *config_.transformer_2, loading.weights("transformer_2"));
    }
    vae_ =
        Vae::load(info.part("vae"), loading.weights("vae", vae_dtype(loading.options())), VaeParts::decoder);
    if (info.parts.contains(tiny_decoder_part)) {
        const VaeConfig& vae = vae_->config();
        tiny_ = TinyDecoder::load(
            info.part(tiny_decoder_part),
            {.channels = vae.z_dim, .frame_stride = vae.frame_stride(), .pixel_stride = vae.pixel_stride()},
            loading.unseen("vae", at::kFloat)
        );
    }
    latent_rgb_ = load_latent_rgb(info, vae_->config().z_dim);
    loading.done();
}

void WanPipeline::load_transformer(
    const std::string& component, const TransformerConfig& config, WeightOptions options
) {
    options.names = transformer_names();
    constexpr std::array<std::string_view, 1> ignored_by_the_reference{"norm_added_q"};
    const BlocksIn blocks_in = denoiser_ == DenoiserPlace::streamed  ? BlocksIn::main_memory
                               : denoiser_ == DenoiserPlace::swapped ? BlocksIn::main_memory_in_turns
                                                                     : BlocksIn::device;
    transformers_.add(info_.part(component), std::move(options), config, ignored_by_the_reference, blocks_in);
}

bool WanPipeline::change_loras(const std::vector<LoraFile>& loras, std::stop_token stop) {
    transformers_.change(loras, stop);
    return true;
}

Conditioning WanPipeline::condition(const Brief& brief, std::stop_token stop, const ShareDone& done) {
    Conditions conditions;
    conditions.pictures = pictures_.pictures(brief.inputs);
    // The image encoder is read after the text encoder: a sixth of the two where they are the published ones.
    const double text_share = pictures_.has_image_encoder() && !conditions.pictures.empty() ? 0.8 : 1;
    const auto part = [&](double first, double share_of_all) -> ShareDone {
        return done ? [=, &done](double share) { done(first + share_of_all * share); } : ShareDone();
    };
    conditions.text = prompts_.embed(
        {clean_prompt(brief.prompt), clean_prompt(brief.negative), brief.guided, brief.inputs},
        stop,
        part(0, text_share)
    );
    conditions.image_states = pictures_.states(conditions.pictures, stop, part(text_share, 1 - text_share));
    return conditions;
}

std::unique_ptr<Denoising> WanPipeline::denoise(
    const Pass& pass,
    const Conditioning& conditioning,
    const at::Tensor& /*previous*/,
    std::stop_token stop,
    const ShareDone& done
) {
    const std::vector<const Transformer*> transformers = transformers_.current(stop);
    const auto& conditions = std::any_cast<const Conditions&>(conditioning);
    const VaeConfig& vae = vae_->config();
    const LatentShape shape = latent_shape(pass, info_.lattice, vae.z_dim, vae.pixel_stride());
    PictureCondition pictures =
        pictures_.condition(conditions, pass, transformers.front()->options().device(), stop, done);
    if (config_.causal) {
        return std::make_unique<CausalDenoising>(
            *config_.causal,
            config_.scheduler.num_train_timesteps,
            *transformers.front(),
            pass,
            shape,
            conditions.text,
            pictures.first,
            stop
        );
    }
    return std::make_unique<FullDenoising>(
        config_, transformers, pass, shape, conditions.text, std::move(pictures), stop
    );
}

std::unique_ptr<LatentDecoder> WanPipeline::decoder(const Pass& pass) {
    if (tiny_ && pass.fast_decode) {
        return tiny_->decoder(); // the map to colours is fitted to the true ones
    }
    // What is made block by block is seen block by block.
    if (const Tiling tiling = vae_->config().tiling();
        pass.decode == DecodeWay::tiles && !config_.causal && tiling.cuts(pass.width, pass.height)) {
        return vae_->tiled_decoder(pass, tiling);
    }
    return fitting_decoder(vae_->decoder(pass.decode), *latent_rgb_);
}

std::unique_ptr<Pipeline>
load(const ModelInfo& info, const LoadOptions& options, const std::stop_token& stop) {
    return std::make_unique<WanPipeline>(info, options, stop);
}

NewEncoder load_encoder(const ModelInfo& info, const LoadOptions& options, const std::stop_token& stop) {
    const ComponentLoading loading(info, options, stop);
    const auto vae = Vae::load(info.part("vae"), loading.unseen("vae", at::kFloat), VaeParts::encoder);
    return [vae] { return vae->encoder(); };
}

} // namespace rushes::wan
