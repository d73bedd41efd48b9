#include "models/wan/vae.h"

#include "base/error.h"
#include "models/pixels.h"
#include "models/tiled_decoder.h"
#include "models/wan/weight_names.h"

#include <array>
#include <string_view>
#include <utility>

#include <ATen/ATen.h>

namespace rushes::wan {
namespace {

constexpr std::int64_t frames_a_piece =
    4; // of the encoder: fixed by the reference, whatever the frame stride

/// Adds up work and tells `done`, which must live as long, what share of `all` it is.
std::function<void(double)> counting(const ShareDone& done, double all) {
    return [&done, all, sum = 0.0](double work) mutable {
        sum += work;
        if (done) {
            done(sum / all);
        }
    };
}

class DecodeStream final : public LatentDecoder {
public:
    DecodeStream(std::shared_ptr<const Vae> vae, DecodeWay way, const Trace* trace)
        : vae_(std::move(vae)), sparing_(way != DecodeWay::whole), trace_(trace) {}

    at::Tensor decode_next(const at::Tensor& latent, std::stop_token stop, const ShareDone& done) override {
        return bytes_of_pixels(pixels(latent, std::move(stop), done));
    }

    /// Of the next latent frame, around -1..1.
    at::Tensor pixels(const at::Tensor& latent, std::stop_token stop, const ShareDone& done) {
        const at::InferenceMode no_gradients;
        const std::int64_t z_dim = vae_->config().z_dim;
        if (latent.dim() != 5 || latent.size(0) != 1 || latent.size(1) != z_dim || latent.size(2) != 1) {
            throw Error(
                ErrorKind::bug,
                "The decoder takes one latent frame of " + std::to_string(z_dim) + " channels at a time."
            );
        }
        const at::Tensor z = vae_->denormalised(latent.select(0, 0).permute({1, 2, 3, 0}));
        const VaeDecoder& network = vae_->decoder_network();
        const double all = network.work(static_cast<double>(z.size(1) * z.size(2)), first_);
        const std::function<void(double)> spent = counting(done, all);
        at::Tensor frames = network.forward(z, {memory_, first_, std::move(stop), trace_, &spent, sparing_});
        first_ = false;
        return frames;
    }

private:
    std::shared_ptr<const Vae> vae_;
    const bool sparing_;
    const Trace* trace_;
    ClipMemory memory_;
    bool first_ = true;
};

class EncodeStream final : public LatentEncoder {
public:
    EncodeStream(std::shared_ptr<const Vae> vae, const Trace* trace) : vae_(std::move(vae)), trace_(trace) {}

    at::Tensor encode_next(const at::Tensor& frames, std::stop_token stop, const ShareDone& done) override {
        const at::InferenceMode no_gradients;
        const at::Tensor pixels = pixels_of(frames);
        const VaeEncoder& network = vae_->encoder_network();
        const double all = network.work(static_cast<double>(pixels.numel() / 3), first_);
        const std::function<void(double)> spent = counting(done, all);
        const at::Tensor z = network.forward(pixels, {memory_, first_, std::move(stop), trace_, &spent});
        first_ = false;
        return vae_->normalised(z).permute({3, 0, 1, 2}).unsqueeze(0).contiguous();
    }

private:
    /// [N, H, W, 3] in -1..1, of the network's type and device.
    at::Tensor pixels_of(const at::Tensor& frames) const {
        const bool bytes = frames.scalar_type() == at::kByte;
        const bool shaped = bytes ? frames.dim() == 4 && frames.size(3) == 3
                                  : frames.dim() == 5 && frames.size(0) == 1 && frames.size(1) == 3;
        if (!shaped) {
            throw Error(
                ErrorKind::bug,
                "The encoder takes frames [N, H, W, 3] of bytes or [1, 3, N, H, W] of numbers."
            );
        }
        const at::Tensor pixels = bytes ? frames : frames.select(0, 0).permute({1, 2, 3, 0});
        const std::int64_t wanted = first_ ? 1 : frames_a_piece;
        if (pixels.size(0) != wanted) {
            throw Error(
                ErrorKind::user,
                "A clip is encoded 1 frame and then 4 at a time, but " + std::to_string(pixels.size(0)) +
                    " came."
            );
        }
        const std::int64_t stride = vae_->config().pixel_stride();
        if (pixels.size(1) % stride != 0 || pixels.size(2) % stride != 0) {
            throw Error(
                ErrorKind::user,
                "Pictures of " + std::to_string(pixels.size(2)) + "x" + std::to_string(pixels.size(1)) +
                    " cannot be encoded: width and height must be multiples of " + std::to_string(stride) +
                    "."
            );
        }
        const at::Tensor converted = pixels.to(vae_->options());
        return bytes ? converted.div(127.5).sub_(1) : converted.contiguous();
    }

    std::shared_ptr<const Vae> vae_;
    const Trace* trace_;
    ClipMemory memory_;
    bool first_ = true;
};

} // namespace

Vae::Vae(VaeConfig config, const Weights& weights, VaeParts parts)
    : config_(std::move(config)),
      options_(at::TensorOptions().device(weights.device()).dtype(weights.dtype())),
      mean_(at::tensor(config_.latents_mean, at::kDouble).to(options_)),
      inverse_std_(at::tensor(config_.latents_std, at::kDouble).reciprocal().to(options_)) {
    if (parts != VaeParts::encoder) {
        decoder_.emplace(weights, config_);
    }
    if (parts != VaeParts::decoder) {
        encoder_.emplace(weights, config_);
    }
}

std::shared_ptr<const Vae>
Vae::load(const std::filesystem::path& directory, const WeightOptions& options, VaeParts parts) {
    return load(
        read_vae_config(JsonConfig::read(directory / "config.json", "vae/config.json")),
        directory,
        options,
        parts
    );
}

std::shared_ptr<const Vae>
Vae::load(VaeConfig config, const std::filesystem::path& source, WeightOptions options, VaeParts parts) {
    options.names = vae_names(config);
    const WeightStore store(source, std::move(options));
    const std::shared_ptr<const Vae> vae(new Vae(std::move(config), store.root(), parts));
    if (parts == VaeParts::decoder) {
        store.expect_all_used(std::array<std::string_view, 2>{"encoder", "quant_conv"});
    } else if (parts == VaeParts::encoder) {
        store.expect_all_used(std::array<std::string_view, 2>{"decoder", "post_quant_conv"});
    } else {
        store.expect_all_used();
    }
    return vae;
}

std::unique_ptr<LatentDecoder> Vae::decoder(DecodeWay way, const Trace* trace) const {
    if (!decoder_) {
        throw Error(ErrorKind::bug, "The VAE was loaded without its decoder.");
    }
    return std::make_unique<DecodeStream>(shared_from_this(), way, trace);
}

std::unique_ptr<LatentDecoder> Vae::tiled_decoder(const Pass& pass, const Tiling& tiling) const {
    return rushes::tiled_decoder(tiling, pass, [vae = shared_from_this()](const at::Tensor& latents) {
        const auto stream = std::make_shared<DecodeStream>(vae, DecodeWay::frames, nullptr);
        return [stream, latents, next = std::int64_t{0}](const std::stop_token& stop) mutable {
            return next < latents.size(2) ? stream->pixels(latents.narrow(2, next++, 1), stop, {})
                                          : at::Tensor();
        };
    });
}

std::unique_ptr<LatentEncoder> Vae::encoder(const Trace* trace) const {
    if (!encoder_) {
        throw Error(ErrorKind::bug, "The VAE was loaded without its encoder.");
    }
    return std::make_unique<EncodeStream>(shared_from_this(), trace);
}

at::Tensor Vae::denormalised(const at::Tensor& latents) const {
    return latents.to(options_).div(inverse_std_).add_(mean_);
}

at::Tensor Vae::normalised(const at::Tensor& z) const {
    const at::ScalarType type = compute_type(z.scalar_type());
    return z.to(type).sub(mean_.to(type)).mul_(inverse_std_.to(type));
}

} // namespace rushes::wan
