#include "models/ltx/vae.h"

#include "base/error.h"
#include "models/pixels.h"
#include "nn/transfer.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include <ATen/ATen.h>

namespace rushes::ltx {

namespace {

class DecodeStream final : public LatentDecoder {
public:
    DecodeStream(std::shared_ptr<const Vae> vae, at::Generator noise)
        : vae_(std::move(vae)), noise_(std::move(noise)) {}

    void expect(const at::Tensor& latents) override {
        if (vae_->config().timestep_conditioning) {
            noise_of_latents_ = sent_to(at::randn(latents.sizes(), noise_, at::kFloat), latents.device());
        }
        latents_ = latents;
        const auto source = [this] { return next_latent(); };
        run_.emplace(vae_->network(), source, noise_);
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
    at::Tensor next_latent() {
        if (next_ == latents_.size(2)) {
            return {};
        }
        at::Tensor z = vae_->denormalised(latents_.narrow(2, next_, 1));
        if (noise_of_latents_.defined()) {
            const at::Tensor noise =
                noise_of_latents_.narrow(2, next_, 1).select(0, 0).permute({1, 2, 3, 0}).to(z.options());
            z = z * (1 - decode_noise_scale) + noise * decode_noise_scale;
        }
        ++next_;
        return z.contiguous();
    }

    std::shared_ptr<const Vae> vae_;
    at::Generator noise_;
    at::Tensor latents_;
    at::Tensor noise_of_latents_;
    std::int64_t next_ = 0;  ///< latent frame to go in
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

at::Tensor Vae::denormalised(const at::Tensor& latents) const {
    return latents.select(0, 0).permute({1, 2, 3, 0}).mul(std_).add_(mean_).to(options_).contiguous();
}

at::Tensor Vae::normalised(const at::Tensor& features) const {
    return ((features.to(at::kFloat) - mean_) / std_).permute({3, 0, 1, 2}).unsqueeze(0).contiguous();
}

} // namespace rushes::ltx
