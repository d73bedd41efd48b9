#include "models/ltx/vae_encoder.h"

#include "base/error.h"

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include <ATen/ATen.h>

namespace rushes::ltx {

namespace {

/// [n, h * p, w * p, 3] -> [n, h, w, 3 * p * p], in the order colour, column, row.
at::Tensor patchify(const at::Tensor& pixels, std::int64_t p) {
    return pixels.unflatten(2, {-1, p})
        .unflatten(1, {-1, p})
        .permute({0, 1, 3, 5, 4, 2})
        .flatten(3)
        .contiguous();
}

class EncodeStream final : public LatentEncoder {
public:
    explicit EncodeStream(std::shared_ptr<const VaeEncoder> encoder) : encoder_(std::move(encoder)) {}

    at::Tensor encode_next(const at::Tensor& frames, std::stop_token stop, const ShareDone& done) override {
        const at::InferenceMode no_gradients;
        const std::int64_t wanted = begun_ ? encoder_->config().frame_stride() : 1;
        const bool bytes = frames.scalar_type() == at::kByte;
        const at::Tensor pixels = bytes ? frames : frames.select(0, 0).permute({1, 2, 3, 0});
        if (pixels.size(0) != wanted) {
            throw Error(
                ErrorKind::user,
                "A clip is encoded 1 frame and then " + std::to_string(encoder_->config().frame_stride()) +
                    " at a time, but " + std::to_string(pixels.size(0)) + " came."
            );
        }
        begun_ = true;
        stream_.stop = std::move(stop);
        const at::Tensor converted = pixels.to(encoder_->options());
        const Moments moments =
            encoder_->forward(bytes ? converted.div(127.5).sub_(1) : converted.contiguous(), stream_);
        if (done) {
            done(1);
        }
        return encoder_->normalised(moments.mean);
    }

private:
    std::shared_ptr<const VaeEncoder> encoder_;
    Stream stream_;
    bool begun_ = false;
};

/// The end without a timestep: norm, silu, and the last convolution.
class Head final : public Layer {
public:
    Head(const Weights& weights, std::int64_t channels, std::int64_t out)
        : conv_(weights["conv_out"], cube(channels, out), /*causal=*/true) {}

    at::Tensor feed(const at::Tensor& x, Stream& stream) const override {
        return conv_.feed(NormedActivation{}.forward(x), stream);
    }

    at::Tensor finish(Stream& /*stream*/) const override { return {}; }

private:
    TimeConv conv_;
};

} // namespace

VaeEncoder::VaeEncoder(VaeConfig config, const Weights& root)
    : config_(std::move(config)),
      options_(at::TensorOptions().device(root.device()).dtype(root.dtype())),
      mean_(root.tensor("latents_mean", {config_.latent_channels}).view({1, -1, 1, 1, 1})),
      std_(root.tensor("latents_std", {config_.latent_channels}).view({1, -1, 1, 1, 1})) {
    const Weights weights = root["encoder"];
    constexpr bool causal = true;
    const ResnetOptions options{.causal = causal, .eps = config_.norm_eps};
    const std::int64_t pixels = 3 * config_.patch_size * config_.patch_size;
    layers_.add<TimeConv>(weights["conv_in"], cube(pixels, config_.down.front().in), causal);
    for (std::size_t level = 0; level < config_.down.size(); ++level) {
        const DownLevel& down = config_.down[level];
        const Weights of = weights["down_blocks"][static_cast<std::int64_t>(level)];
        for (std::int64_t i = 0; i < down.layers; ++i) {
            layers_.add<Resnet>(of["resnets"][i], down.in, down.in, options);
        }
        if (down.halving == Halving::convolution) {
            ConvShape shape = cube(down.in, down.in);
            shape.stride = shape.stride_t = 2;
            layers_.add<TimeConv>(of["downsamplers"][0], shape, causal);
        } else if (down.halving != Halving::none) {
            layers_.add<Downsample>(of["downsamplers"][0], down.in, down.out, down.halving);
        }
        if (down.widens_last) {
            layers_.add<Resnet>(of["conv_out"], down.in, down.out, options);
        }
    }
    const std::int64_t coarsest = config_.down.back().out;
    for (std::int64_t i = 0; i < config_.encoder_mid_layers; ++i) {
        layers_.add<Resnet>(weights["mid_block"]["resnets"][i], coarsest, coarsest, options);
    }
    layers_.add<Head>(weights, coarsest, config_.latent_channels + 1);
}

std::shared_ptr<const VaeEncoder>
VaeEncoder::load(VaeConfig config, const std::filesystem::path& source, const WeightOptions& options) {
    const WeightStore store(source, options);
    const std::shared_ptr<const VaeEncoder> encoder(new VaeEncoder(std::move(config), store.root()));
    store.expect_all_used(std::array<std::string_view, 1>{"decoder"});
    return encoder;
}

/// One channel behind the others says how sure it is, for all of them.
Moments VaeEncoder::forward(const at::Tensor& pixels, Stream& stream) const {
    const at::Tensor all = layers_.feed(patchify(pixels, config_.patch_size), stream);
    const at::Tensor moments = all.permute({3, 0, 1, 2}).unsqueeze(0);
    const std::int64_t channels = config_.latent_channels;
    const at::Tensor log_variance = moments.narrow(1, channels, 1).clamp(-30, 20);
    return {moments.narrow(1, 0, channels).contiguous(), (log_variance * 0.5).exp()};
}

Moments
VaeEncoder::encode(const at::Tensor& frames, const std::stop_token& stop, const ShareDone& done) const {
    Stream stream{.stop = stop};
    std::vector<at::Tensor> means;
    std::vector<at::Tensor> deviations;
    for (std::int64_t at = 0; at < frames.size(0);) {
        const std::int64_t count = at == 0 ? 1 : config_.frame_stride();
        const at::Tensor pixels = frames.narrow(0, at, count).to(options_).div_(127.5).sub_(1);
        const auto [mean, std] = forward(pixels, stream);
        means.push_back(mean);
        deviations.push_back(std);
        at += count;
        if (done) {
            done(static_cast<double>(at) / static_cast<double>(frames.size(0)));
        }
    }
    return {at::cat(means, 2), at::cat(deviations, 2)};
}

std::unique_ptr<LatentEncoder> VaeEncoder::stream() const {
    return std::make_unique<EncodeStream>(shared_from_this());
}

at::Tensor VaeEncoder::normalised(const at::Tensor& z) const {
    return (z - mean_).mul_(config_.scaling_factor).div_(std_);
}

} // namespace rushes::ltx
