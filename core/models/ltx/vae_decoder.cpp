#include "models/ltx/vae_decoder.h"

#include "base/error.h"
#include "nn/modulation.h"

#include <utility>

#include <ATen/ATen.h>

namespace rushes::ltx {

namespace {

constexpr std::int64_t sinusoid_size = 256;

/// PixArtAlphaCombinedTimestepSizeEmbeddings without sizes: [out].
at::Tensor embedded(const Weights& weights, const at::Tensor& sinusoid, std::int64_t out) {
    const Weights embedder = weights["time_embedder"]["timestep_embedder"];
    const Linear in(embedder["linear_1"], sinusoid_size, out);
    const Linear last(embedder["linear_2"], out, out);
    return last.forward(at::silu(in.forward(sinusoid))).flatten();
}

/// The end: norm, scale and shift by the timestep, silu, and the last convolution.
class Head final : public Layer {
public:
    Head(
        const Weights& weights,
        std::int64_t channels,
        std::int64_t out,
        const at::Tensor& timestep,
        bool causal
    )
        : conv_(weights["conv_out"], cube(channels, out), causal) {
        if (timestep.defined()) {
            const at::Tensor table =
                weights.tensor("scale_shift_table", {2, channels}) + timestep.view({2, channels});
            norm_ = {.scale = table[1] + 1, .shift = table[0].contiguous()};
        }
    }

    at::Tensor feed(const at::Tensor& x, Stream& stream) const override {
        return conv_.feed(norm_.forward(x), stream);
    }

    at::Tensor finish(Stream& stream) const override { return conv_.finish(stream); }

private:
    NormedActivation norm_;
    TimeConv conv_;
};

/// [n, h, w, 3 * p * p] -> [n, h * p, w * p, 3]; a place's numbers in the order colour, column, row.
at::Tensor unpatchify(const at::Tensor& x, std::int64_t p) {
    return x.unflatten(3, {3, p, p})
        .permute({0, 1, 5, 2, 4, 3})
        .reshape({x.size(0), x.size(1) * p, x.size(2) * p, 3});
}

} // namespace

VaeDecoder::VaeDecoder(const Weights& weights, const VaeConfig& config, double timestep)
    : patch_size_(config.patch_size) {
    at::Tensor sinusoid; // of the timestep, which is the same for all clips
    if (config.timestep_conditioning) {
        const double factor = weights.tensor("timestep_scale_multiplier", {}).item<double>();
        const at::Tensor scaled = at::full({1}, timestep * factor, at::TensorOptions().dtype(at::kFloat));
        sinusoid = timestep_sinusoid(scaled, sinusoid_size)
                       .to(at::TensorOptions().device(weights.device()).dtype(weights.dtype()));
    }
    const auto of_level = [&](const Weights& level, std::int64_t channels) {
        return sinusoid.defined() ? embedded(level, sinusoid, channels) : at::Tensor();
    };
    ResnetOptions options{.causal = config.decoder_causal, .eps = config.norm_eps};

    const std::int64_t widest = config.decoder_channels();
    Chain& middle = stages_.emplace_back();
    middle.add<TimeConv>(weights["conv_in"], cube(config.latent_channels, widest), config.decoder_causal);
    options.inject_noise = config.decoder_mid_noise;
    options.timestep = of_level(weights["mid_block"], 4 * widest);
    for (std::int64_t i = 0; i < config.decoder_mid_layers; ++i) {
        middle.add<Resnet>(weights["mid_block"]["resnets"][i], widest, widest, options);
    }
    for (std::size_t level = 0; level < config.up.size(); ++level) {
        const UpLevel& up = config.up[level];
        const Weights of = weights["up_blocks"][static_cast<std::int64_t>(level)];
        Chain& stage = stages_.emplace_back();
        options.inject_noise = up.inject_noise;
        options.timestep = of_level(of, 4 * up.in);
        if (up.in != up.out) {
            stage.add<Resnet>(of["conv_in"], up.in, up.out, options);
        }
        if (up.doubles) {
            stage.add<Upsample>(
                of["upsamplers"][0], up.out * up.narrowing, up.narrowing, up.residual, config.decoder_causal
            );
        }
        for (std::int64_t i = 0; i < up.layers; ++i) {
            stage.add<Resnet>(of["resnets"][i], up.out, up.out, options);
        }
    }
    const std::int64_t finest = config.up.back().out;
    stages_.emplace_back().add<Head>(
        weights, finest, 3 * patch_size_ * patch_size_, of_level(weights, 2 * finest), config.decoder_causal
    );
}

VaeDecoder::Run::Run(const VaeDecoder& decoder, Source source, at::Generator noise)
    : decoder_(decoder),
      source_(std::move(source)),
      stream_{.noise = std::move(noise)},
      finished_(decoder.stages_.size(), false) {}

at::Tensor VaeDecoder::Run::next(const std::stop_token& stop) {
    stream_.stop = stop;
    const at::Tensor x = pull(decoder_.stages_.size());
    return x.defined() ? unpatchify(x, decoder_.patch_size_) : at::Tensor();
}

/// What comes out behind the first `stages`. A stage asks the one before it for as little as it needs, so
/// that of the fine levels, which are large, little is held.
at::Tensor VaeDecoder::Run::pull(std::size_t stages) {
    if (stages == 0) {
        throw_if_stopped(stream_.stop);
        return source_();
    }
    const std::size_t last = stages - 1;
    while (!finished_[last]) {
        const at::Tensor x = pull(last);
        finished_[last] = !x.defined();
        const Chain& stage = decoder_.stages_[last];
        const at::Tensor y = x.defined() ? stage.feed(x, stream_) : stage.finish(stream_);
        if (y.defined()) {
            return y;
        }
    }
    return {};
}

} // namespace rushes::ltx
