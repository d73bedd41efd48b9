#include "models/ltx/vae.h"

#include "base/error.h"
#include "models/pixels.h"
#include "models/tiled_decoder.h"
#include "nn/transfer.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include <ATen/ATen.h>

namespace rushes::ltx {

namespace {

/// One latent frame after the other of [1, C, T, h, w].
VaeDecoder::Source frames_of(const at::Tensor& latents) {
    return [latents, next = std::int64_t{0}]() mutable {
        return next == latents.size(2)
                   ? at::Tensor()
                   : latents.narrow(2, next++, 1).select(0, 0).permute({1, 2, 3, 0}).contiguous();
    };
}

class DecodeStream final : public LatentDecoder {
public:
    DecodeStream(std::shared_ptr<const Vae> vae, at::Generator noise)
        : vae_(std::move(vae)), noise_(std::move(noise)) {}

    void expect(const at::Tensor& latents) override {
        latents_ = vae_->to_decode(latents, noise_);
        run_.emplace(vae_->network(), frames_of(latents_), noise_);
    }

    at::Tensor
    decode_next(const at::Tensor& /*latent*/, std::stop_token stop, const ShareDone& done) override {
        const at::InferenceMode no_gradients;
        if (!run_) {
            throw Error(ErrorKind::bug, "The decoder looks ahead, and was not told of the clip.");
        }
        const std::int64_t wanted = given_ == 0 ? 1 : vae_->config().frame_stride();
        while (!ready_.defined() || ready_.size(0) < wanted) {
            const at::Tensor pixels = run_->next(stop);
            if (!pixels.defined()) {
                throw Error(ErrorKind::bug, "The decoder gave fewer frames than the latents stand for.");
            }
            ready_ = joined(ready_, bytes_of_pixels(pixels));
            if (done) {
                done(std::min(1.0, static_cast<double>(ready_.size(0)) / static_cast<double>(wanted)));
            }
        }
        const at::Tensor result = ready_.narrow(0, 0, wanted);
        ready_ = ready_.narrow(0, wanted, ready_.size(0) - wanted).clone();
        ++given_;
        return result;
    }

private:
    std::shared_ptr<const Vae> vae_;
    at::Generator noise_;
    at::Tensor latents_;     ///< as they are decoded
    std::int64_t given_ = 0; ///< latent frames whose pictures came out
    at::Tensor ready_;       ///< frames that nobody asked for yet, bytes
    std::optional<VaeDecoder::Run> run_;
};

} // namespace

Vae::Vae(VaeConfig config, const Weights& weights)
    : config_(std::move(config)),
      options_(at::TensorOptions().device(weights.device()).dtype(weights.dtype())),
      mean_(weights.as(at::kFloat).tensor("latents_mean", {config_.latent_channels})),
      std_(weights.as(at::kFloat).tensor("latents_std", {config_.latent_channels}) / config_.scaling_factor),
      decoder_(weights["decoder"], config_, decode_timestep) {}

std::shared_ptr<const Vae>
Vae::load(VaeConfig config, const std::filesystem::path& source, const WeightOptions& options) {
    const WeightStore store(source, options);
    const std::shared_ptr<const Vae> vae(new Vae(std::move(config), store.root()));
    store.expect_all_used(std::array<std::string_view, 1>{"encoder"});
    return vae;
}

std::unique_ptr<LatentDecoder> Vae::decoder(at::Generator noise) const {
    return std::make_unique<DecodeStream>(shared_from_this(), std::move(noise));
}

namespace {

/// Tiles are cut out of what the whole clip is decoded from.
class DecodeTiles final : public LatentDecoder {
public:
    DecodeTiles(std::shared_ptr<const Vae> vae, std::unique_ptr<LatentDecoder> tiles, at::Generator noise)
        : vae_(std::move(vae)), tiles_(std::move(tiles)), noise_(std::move(noise)) {}

    void expect(const at::Tensor& latents) override { tiles_->expect(vae_->to_decode(latents, noise_)); }

    at::Tensor decode_next(const at::Tensor& latent, std::stop_token stop, const ShareDone& done) override {
        return tiles_->decode_next(latent, std::move(stop), done);
    }

private:
    std::shared_ptr<const Vae> vae_;
    std::unique_ptr<LatentDecoder> tiles_;
    at::Generator noise_;
};

} // namespace

std::unique_ptr<LatentDecoder>
Vae::tiled_decoder(const Pass& pass, const Tiling& tiling, at::Generator noise) const {
    const std::shared_ptr<const Vae> vae = shared_from_this();
    const auto new_tile = [vae, noise](const at::Tensor& latents) {
        const auto run = std::make_shared<VaeDecoder::Run>(vae->network(), frames_of(latents), noise);
        return [run, vae](const std::stop_token& stop) { return run->next(stop); };
    };
    return std::make_unique<DecodeTiles>(vae, rushes::tiled_decoder(tiling, pass, new_tile), noise);
}

at::Tensor Vae::to_decode(const at::Tensor& latents, const at::Generator& noise) const {
    const at::InferenceMode no_gradients;
    const at::Tensor z = denormalised(latents);
    const auto as_latents = [](const at::Tensor& x) { return x.permute({3, 0, 1, 2}).unsqueeze(0); };
    if (!config_.timestep_conditioning) {
        return as_latents(z);
    }
    const at::Tensor drawn =
        sent_to(at::randn(latents.sizes(), noise, at::kFloat), latents.device()).to(options_);
    return as_latents(z) * (1 - decode_noise_scale) + drawn * decode_noise_scale;
}

at::Tensor Vae::denormalised(const at::Tensor& latents) const {
    return latents.select(0, 0).permute({1, 2, 3, 0}).mul(std_).add_(mean_).to(options_).contiguous();
}

at::Tensor Vae::normalised(const at::Tensor& features) const {
    return ((features.to(at::kFloat) - mean_) / std_).permute({3, 0, 1, 2}).unsqueeze(0).contiguous();
}

} // namespace rushes::ltx
