// LTXPipeline and LTXConditionPipeline of a directory: their components behind the interface of
// models/pipeline.h.
#include "models/pipeline.h"

#include "base/json_config.h"
#include "base/resample.h"
#include "models/component_loading.h"
#include "models/family.h"
#include "models/latent_rgb.h"
#include "models/lora_networks.h"
#include "models/ltx/config.h"
#include "models/ltx/denoising.h"
#include "models/ltx/transformer.h"
#include "models/ltx/upsampler.h"
#include "models/ltx/vae.h"
#include "models/ltx/vae_encoder.h"
#include "models/model_index.h"
#include "models/phase_part.h"
#include "models/t5_prompts.h"
#include "nn/transfer.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>

namespace rushes::ltx {

namespace fs = std::filesystem;

namespace {

/// On a CPU fp32, which is as fast there; on a card as the rest.
at::ScalarType vae_dtype(const LoadOptions& options) {
    return options.device_of("vae") == "cpu" ? at::kFloat : number_type(options.dtype);
}

/// The picture, or the last frames of a clip that is gone on from.
std::vector<FramePtr> start_pictures(const RunInputs& inputs, const PipelineConfig& config) {
    constexpr std::int64_t most_latents = 3; // of a clip: seventeen frames, two thirds of a second
    const auto of = [&](const char* role) {
        const auto found = inputs.pictures.find(role);
        return found == inputs.pictures.end() ? std::vector<FramePtr>() : found->second;
    };
    if (std::vector<FramePtr> picture = of(role_image); !picture.empty()) {
        return {picture.back()};
    }
    std::vector<FramePtr> clip = of(role_clip);
    if (!clip.empty()) {
        const std::int64_t stride = config.vae.frame_stride();
        const std::int64_t latents = std::min((std::ssize(clip) - 1) / stride + 1, most_latents);
        clip.erase(clip.begin(), clip.end() - ((latents - 1) * stride + 1));
    }
    return clip;
}

/// [N, H, W, 3], bytes on the device.
at::Tensor cropped(const std::vector<FramePtr>& frames, int width, int height, at::Device device) {
    at::Tensor bytes = at::empty({std::ssize(frames), height, width, 3}, at::kByte);
    auto* to = bytes.mutable_data_ptr<std::uint8_t>();
    for (const FramePtr& frame : frames) {
        to = std::ranges::copy(crop_to(*frame, width, height).rgb, to).out;
    }
    return sent_to(bytes, device);
}

/// Recommended for version 0.9.8, which nothing but its name tells apart.
double tone_compression_of(const fs::path& directory) {
    return directory.filename().string().find("0.9.8") == std::string::npos ? 0 : 0.6;
}

bool for_each(const fs::path& /*file*/, std::size_t /*transformer*/) {
    return true;
}

} // namespace

class LtxPipeline final : public Pipeline {
public:
    LtxPipeline(const ModelInfo& info, const LoadOptions& options, const std::stop_token& stop)
        : LtxPipeline(info, options.loras, stop, ComponentLoading(info, options, stop)) {}

    const ModelInfo& info() const override { return info_; }

    Conditioning condition(const Brief& brief, std::stop_token stop, const ShareDone& done) override {
        // Prompts as they are written: the reference cleans nothing here.
        const auto of = [&](const char* role) {
            const auto found = brief.inputs.pictures.find(role);
            return found == brief.inputs.pictures.end() ? std::vector<FramePtr>() : found->second;
        };
        const std::vector<FramePtr> last = of(role_last_image);
        return Conditions{
            prompts_.embed(brief, stop, done),
            start_pictures(brief.inputs, config_),
            of(role_keyframe),
            last.empty() ? nullptr : last.front()
        };
    }

    std::unique_ptr<Denoising> denoise(
        const Pass& pass,
        const Conditioning& conditioning,
        const at::Tensor& previous,
        std::stop_token stop,
        const ShareDone& done
    ) override {
        const auto& conditions = std::any_cast<const Conditions&>(conditioning);
        const bool refines = pass.start == PassStart::previous; // the share is what enlarging takes
        GivenLatents given{
            given_latents(conditions.pictures, pass, stop, refines ? ShareDone() : done),
            later_latents(conditions, pass, stop)
        };
        given_ = given;
        return std::make_unique<LtxDenoising>(
            config_,
            *transformers_.current(stop).front(),
            pass,
            shape_of(pass),
            conditions.text,
            std::move(given),
            stop,
            refines ? enlarged(previous, pass, stop, done) : at::Tensor()
        );
    }

    std::unique_ptr<LatentDecoder> decoder(const Pass& pass) override {
        at::Generator noise = config_.vae.timestep_conditioning
                                  ? noise_behind(config_, pass, shape_of(pass), given_)
                                  : at::make_generator<at::CPUGeneratorImpl>(pass.seed);
        if (const Tiling tiling = config_.vae.tiling();
            pass.decode == DecodeWay::tiles && tiling.cuts(pass.width, pass.height)) {
            return vae_->tiled_decoder(pass, tiling, std::move(noise));
        }
        return fitting_decoder(vae_->decoder(std::move(noise)), *latent_rgb_);
    }

    at::Tensor preview(const at::Tensor& latents) const override { return latent_rgb_->pictures(latents); }

    bool change_loras(const std::vector<LoraFile>& loras, std::stop_token stop) override {
        transformers_.change(loras, stop);
        return true;
    }

private:
    LtxPipeline(
        const ModelInfo& info,
        std::vector<LoraFile> loras,
        const std::stop_token& stop,
        ComponentLoading loading
    )
        : info_(info),
          config_(read_pipeline_config(
              info.directory, JsonConfig::read(info.directory / "model_index.json", "model_index.json")
          )),
          prompts_(
              info,
              loading,
              config_.text_tokens(),
              stop,
              config_.kind == PipelineKind::first ? PromptPadding::seen : PromptPadding::none
          ),
          transformers_(std::move(loras), for_each),
          tone_compression_(tone_compression_of(info.directory)) {
        transformers_.add(info.part("transformer"), loading.weights("transformer"), config_.transformer, {});
        vae_ = Vae::load(config_.vae, info.part("vae"), loading.weights("vae", vae_dtype(loading.options())));
        const bool stays = loading.options().residency == Residency::all;
        const at::Device device = loading.unseen("vae", at::kFloat).device;
        const auto load_encoder =
            [config = config_.vae, source = info.part("vae"), device](
                const std::function<void(double)>& progress, const std::stop_token& until
            ) { return VaeEncoder::load(config, source, {device, at::kFloat, progress, until}); };
        encoder_.emplace(load_encoder, stays, nullptr, stop);
        if (info.parts.contains(upsampler_part)) {
            const auto load_upsampler =
                [config = read_upsampler_config(JsonConfig::read(
                     info.part(upsampler_part) / "config.json", "latent_upsampler/config.json"
                 )),
                 source = info.part(upsampler_part),
                 as = loading.unseen("transformer", at::kFloat).device,
                 type = vae_dtype(loading.options())](
                    const std::function<void(double)>& progress, const std::stop_token& until
                ) { return Upsampler::load(config, source, {as, type, progress, until}); };
            upsampler_.emplace(load_upsampler, stays, nullptr, stop);
        }
        latent_rgb_ = load_latent_rgb(info, config_.vae.latent_channels);
        loading.done();
    }

    /// What a pass that refines begins with, on the CPU.
    at::Tensor enlarged(
        const at::Tensor& latents, const Pass& pass, const std::stop_token& stop, const ShareDone& done
    ) const {
        const at::Tensor features = vae_->denormalised(latents);
        const auto with = [&](const std::shared_ptr<const Upsampler>& upsampler) {
            at::Tensor larger = upsampler->forward(features, stop, done);
            if (pass.scheduler == distilled_scheduler) { // as makers recommend for these
                larger = with_statistics_of(features.to(larger.options()), larger);
                larger = tone_compression_ > 0 ? tone_mapped(larger, tone_compression_) : larger;
            }
            return fetched(vae_->normalised(larger));
        };
        return upsampler_->with(with, nullptr, stop);
    }

    /// Of the pictures within the clip, and of the one that it ends with. A pass may be shorter.
    std::vector<GivenLatents::Later>
    later_latents(const Conditions& conditions, const Pass& pass, const std::stop_token& stop) const {
        std::vector<GivenLatents::Later> later;
        const std::int64_t end = pass.frames - 1;
        for (const FramePtr& picture : conditions.within) {
            if (picture->index < end) {
                later.push_back({picture->index, encoded({picture}, pass, stop, {})});
            }
        }
        if (conditions.last != nullptr && end > 0) {
            later.push_back({end, encoded({conditions.last}, pass, stop, {})});
        }
        return later;
    }

    Moments given_latents(
        std::vector<FramePtr> pictures, const Pass& pass, const std::stop_token& stop, const ShareDone& done
    ) const {
        // One latent frame at least is made.
        const Lattice& lattice = info_.lattice;
        const int most = lattice.frames(lattice.latent_frames(pass.frames) - 1);
        if (pictures.empty() || most < 1) {
            return {};
        }
        if (std::ssize(pictures) > most) {
            pictures.erase(pictures.begin(), pictures.end() - most);
        }
        return encoded(pictures, pass, stop, done);
    }

    Moments encoded(
        const std::vector<FramePtr>& pictures,
        const Pass& pass,
        const std::stop_token& stop,
        const ShareDone& done
    ) const {
        const auto with = [&](const std::shared_ptr<const VaeEncoder>& encoder) {
            const at::Tensor frames = cropped(pictures, pass.width, pass.height, encoder->options().device());
            const auto [mean, std] = encoder->encode(frames, stop, done);
            return Moments{
                fetched(encoder->normalised(mean)),
                // A spread has no place of its own.
                fetched(encoder->normalised(mean + std) - encoder->normalised(mean))
            };
        };
        return encoder_->with(with, nullptr, stop);
    }

    LatentShape shape_of(const Pass& pass) const {
        Lattice lattice = info_.lattice; // of whole clips; a small pass before another one has half its sides
        lattice.size_multiple = static_cast<int>(config_.vae.pixel_stride());
        return latent_shape(pass, lattice, config_.vae.latent_channels, config_.vae.pixel_stride());
    }

    ModelInfo info_;
    PipelineConfig config_;
    T5Prompts prompts_;
    LoraNetworks<Transformer> transformers_;
    std::shared_ptr<const Vae> vae_;
    std::optional<PhasePart<std::shared_ptr<const VaeEncoder>>> encoder_;
    std::optional<PhasePart<std::shared_ptr<const Upsampler>>> upsampler_; ///< none: there is one pass
    double tone_compression_; ///< of what it gives to a distilled transformer
    GivenLatents given_;      ///< of the last denoise()
    std::unique_ptr<LatentRgb> latent_rgb_;
};

std::unique_ptr<Pipeline>
load(const ModelInfo& info, const LoadOptions& options, const std::stop_token& stop) {
    return std::make_unique<LtxPipeline>(info, options, stop);
}

NewEncoder load_encoder(const ModelInfo& info, const LoadOptions& options, const std::stop_token& stop) {
    const ComponentLoading loading(info, options, stop);
    const VaeConfig config = read_vae_config(component_config(info.directory, "vae"));
    const auto encoder = VaeEncoder::load(config, info.part("vae"), loading.unseen("vae", at::kFloat));
    return [encoder] { return encoder->stream(); };
}

} // namespace rushes::ltx
