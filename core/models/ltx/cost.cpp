#include "models/ltx/cost.h"

#include <algorithm>
#include <optional>

namespace rushes::ltx {

namespace {

constexpr double most_tokens_side_by_side = 2048; ///< of denoising.cpp
constexpr double upsampler_width = 512;           ///< of the published ones

/// Multiply-adds of the decoder for one latent of one latent frame, and the features that its last level
/// holds at once.
struct DecoderWork {
    double work = 0;
    double numbers = 0;
};

DecoderWork decoder_work(const VaeConfig& vae) {
    constexpr double kernel = 27;
    constexpr double growth = 8; // places behind a doubling
    const auto widest = static_cast<double>(vae.decoder_channels());
    DecoderWork result;
    double places = 1;
    result.work = kernel * (static_cast<double>(vae.latent_channels) * widest +
                            2 * static_cast<double>(vae.decoder_mid_layers) * widest * widest);
    for (const UpLevel& up : vae.up) {
        const auto in = static_cast<double>(up.in);
        const auto out = static_cast<double>(up.out);
        if (up.in != up.out) {
            result.work += places * kernel * (in * out + out * out);
        }
        if (up.doubles) {
            const double wide = out * static_cast<double>(up.narrowing);
            result.work += places * kernel * wide * out * growth;
            places *= growth;
        }
        result.work += places * kernel * 2 * static_cast<double>(up.layers) * out * out;
        // What a residual block came with, normed, between its convolutions and behind them, for a piece of
        // as many frames as a latent frame stands for; and two past frames of each convolution and what waits
        // beside it.
        const double frames = static_cast<double>(vae.frame_stride());
        const double kept = 2 * static_cast<double>(up.layers) * 4 / frames;
        result.numbers = std::max(result.numbers, places * out * (5 + kept));
    }
    const double pixels = places * 3 * static_cast<double>(vae.patch_size * vae.patch_size);
    result.work += kernel * static_cast<double>(vae.up.back().out) * pixels;
    result.numbers += 3 * pixels;
    return result;
}

class Cost {
public:
    Cost(const PipelineConfig& config, const ComponentWeights& weights)
        : t_(config.transformer),
          frame_stride_(static_cast<int>(config.vae.frame_stride())),
          pixel_stride_(static_cast<double>(config.vae.pixel_stride())),
          text_tokens_(static_cast<double>(config.text_tokens())),
          decoding_(decoder_work(config.vae)),
          transformer_(weights.at("transformer")),
          decoder_(weights.at("vae"), is_decoder_key),
          text_encoder_(weights.at("text_encoder")) {
        if (const auto found = weights.find(upsampler_part); found != weights.end()) {
            upsampler_.emplace(found->second);
        }
    }

    RunCost operator()(const Pass& pass, const LoadOptions& options) const {
        const double size = number_bytes(options.dtype);
        const double a_frame = pass.width / pixel_stride_ * (pass.height / pixel_stride_);
        const Lattice lattice{.frame_stride = frame_stride_};
        const double frames = lattice.latent_frames(pass.frames);
        const double tokens = a_frame * frames;
        const double sides = pass.guided() ? 2 : 1;
        RunCost cost;
        cost.resident.push_back({"transformer", transformer_.bytes(size, options.fp8_weights)});
        cost.resident.push_back({"vae", decoder_.bytes(vae_bytes(options))});
        text_encoder_.add_resident(cost.resident, options);
        cost.text = text_encoder_.phase(options);
        cost.denoise.flop = sides * pass.steps * forward_flop(tokens);
        cost.denoise.bytes = activation_bytes(tokens, sides, size) + kept_bytes(sides, size) +
                             6 * 4 * static_cast<double>(t_.channels) * tokens;
        if (upsampler_) {
            cost.resident.push_back({upsampler_part, upsampler_->bytes(vae_bytes(options))});
        }
        if (upsampler_ && pass.kind == PassKind::refine) {
            // Half of its cubes see the small latents, a quarter as many.
            cost.encode.flop = 2 * (tokens / 4 + tokens) / 2 * upsampler_->floats();
            cost.encode.bytes = 4 * tokens * upsampler_width * vae_bytes(options);
        }
        cost.decode.flop = 2 * tokens * decoding_.work;
        cost.decode.bytes = a_frame * decoding_.numbers * vae_bytes(options);
        return cost;
    }

private:
    /// On a CPU fp32 (vae_dtype() of pipeline.cpp).
    static double vae_bytes(const LoadOptions& options) {
        return options.device_of("vae") == "cpu" ? 4 : number_bytes(options.dtype);
    }

    double forward_flop(double tokens) const {
        const auto d = static_cast<double>(t_.dim());
        const auto layers = static_cast<double>(t_.layers);
        const double a_token = 2 * (6 * d * d + 2 * d * static_cast<double>(t_.ffn_dim()));
        return layers * tokens * (a_token + 4 * d * (tokens + text_tokens_));
    }

    /// As of Wan's layers (wan/cost.cpp).
    double activation_bytes(double tokens, double sides, double size) const {
        const auto d = static_cast<double>(t_.dim());
        const double at_once = tokens * (tokens <= most_tokens_side_by_side ? sides : 1);
        return at_once * (size * (static_cast<double>(t_.ffn_dim()) + 9 * d) + 2 * 4 * d);
    }

    /// Keys and values of the text.
    double kept_bytes(double sides, double size) const {
        return sides * 2 * text_tokens_ * static_cast<double>(t_.layers) * static_cast<double>(t_.dim()) *
               size;
    }

    TransformerConfig t_;
    int frame_stride_;
    double pixel_stride_;
    double text_tokens_;
    DecoderWork decoding_;
    StoredWeights transformer_;
    StoredWeights decoder_;
    TextEncoderCost text_encoder_;
    std::optional<StoredWeights> upsampler_;
};

} // namespace

double parameters_of(const TransformerConfig& t) {
    const auto d = static_cast<double>(t.dim());
    return static_cast<double>(t.layers) * (8 * d * d + 2 * d * static_cast<double>(t.ffn_dim())) +
           7 * d * d + d * static_cast<double>(t.caption_channels);
}

CostOfPass cost_of(const PipelineConfig& config, const ComponentWeights& weights) {
    return Cost(config, weights);
}

} // namespace rushes::ltx
