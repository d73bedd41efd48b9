#include "models/unet/kl_vae.h"

#include "nn/attention.h"

#include <ATen/ATen.h>

namespace rushes {

namespace {

constexpr double eps = 1e-6;

ResnetShape resnet_shape(const KlVaeConfig& config, std::int64_t in, std::int64_t out) {
    return {in, out, 0, config.norm_groups, eps};
}

at::Tensor as_features(const at::Tensor& pictures, const at::TensorOptions& options) {
    return pictures.to(options).permute({0, 2, 3, 1}).contiguous();
}

at::Tensor as_pictures(const at::Tensor& features) {
    return features.permute({0, 3, 1, 2}).contiguous();
}

at::TensorOptions options_of(const Weights& weights) {
    return at::TensorOptions().device(weights.device()).dtype(weights.dtype());
}

/// Older files hold the projections as 1x1 convolutions.
Linear projection(const Weights& weights, std::int64_t channels) {
    return {weights.tensor("weight", {channels, channels}), weights.tensor("bias", {channels})};
}

} // namespace

PixelAttention::PixelAttention(const Weights& weights, std::int64_t channels, std::int64_t groups)
    : norm(weights["group_norm"], channels, groups, eps) {
    const bool older = weights["query"].has("weight");
    to_q = projection(weights[older ? "query" : "to_q"], channels);
    to_k = projection(weights[older ? "key" : "to_k"], channels);
    to_v = projection(weights[older ? "value" : "to_v"], channels);
    to_out = projection(older ? weights["proj_attn"] : weights["to_out"][0], channels);
}

at::Tensor PixelAttention::forward(const at::Tensor& x, const std::stop_token& stop) const {
    const at::Tensor pixels = norm.forward(x, stop).flatten(1, 2);
    const auto of = [&](const Linear& to) { return to.forward(pixels, stop).unsqueeze(2); };
    const at::Tensor seen = attend(of(to_q), of(to_k), of(to_v), {}, stop);
    return to_out.forward(seen, stop).view(x.sizes()).add_(x);
}

MidBlock::MidBlock(const Weights& weights, const KlVaeConfig& config)
    : first(
          weights["resnets"][0],
          resnet_shape(config, config.block_channels.back(), config.block_channels.back())
      ),
      last(
          weights["resnets"][1],
          resnet_shape(config, config.block_channels.back(), config.block_channels.back())
      ) {
    if (config.mid_attention) {
        attention.emplace(weights["attentions"][0], config.block_channels.back(), config.norm_groups);
    }
}

at::Tensor MidBlock::forward(const at::Tensor& x, const std::stop_token& stop) const {
    at::Tensor h = first.forward(x, {}, stop);
    if (attention) {
        h = attention->forward(h, stop);
    }
    return last.forward(h, {}, stop);
}

KlDecoder::KlDecoder(const Weights& weights, const KlVaeConfig& config)
    : config_(config),
      options_(options_of(weights)),
      conv_in_(weights["decoder"]["conv_in"], config.latent_channels, config.block_channels.back(), 3),
      mid_(weights["decoder"]["mid_block"], config),
      norm_out_(weights["decoder"]["conv_norm_out"], config.block_channels.front(), config.norm_groups, eps),
      conv_out_(weights["decoder"]["conv_out"], config.block_channels.front(), config.out_channels, 3) {
    if (config.post_quant_conv) {
        post_quant_conv_ =
            pointwise(weights["post_quant_conv"], config.latent_channels, config.latent_channels);
    }
    std::int64_t channels = config.block_channels.back();
    const std::size_t blocks = config.block_channels.size();
    for (std::size_t step = 0; step < blocks; ++step) {
        const Weights scope = weights["decoder"]["up_blocks"][static_cast<std::int64_t>(step)];
        const std::int64_t out = config.block_channels[blocks - 1 - step];
        UpBlock& block = up_.emplace_back();
        for (std::int64_t i = 0; i < config.layers_per_block + 1; ++i) {
            block.resnets.emplace_back(scope["resnets"][i], resnet_shape(config, channels, out));
            channels = out;
        }
        if (step + 1 < blocks) {
            block.upsampler.emplace(scope["upsamplers"][0]["conv"], channels);
        }
    }
}

at::Tensor
KlDecoder::forward(const at::Tensor& latents, const std::stop_token& stop, const ShareDone& done) const {
    const at::InferenceMode guard;
    at::Tensor h = as_features(latents, options_);
    h = h / config_.scaling_factor + config_.shift_factor;
    if (post_quant_conv_) {
        h = post_quant_conv_->forward(h, stop);
    }
    h = mid_.forward(conv_in_.forward(h, stop), stop);
    double finished = 0;
    const auto block_done = [&] {
        if (done) {
            done(++finished / static_cast<double>(up_.size() + 1));
        }
    };
    block_done();
    for (const UpBlock& block : up_) {
        for (const ResnetBlock& resnet : block.resnets) {
            h = resnet.forward(h, {}, stop);
        }
        if (block.upsampler) {
            h = block.upsampler->forward(h, stop);
        }
        block_done();
    }
    return as_pictures(conv_out_.forward(norm_out_.silu(h, {}, stop), stop));
}

KlEncoder::KlEncoder(const Weights& weights, const KlVaeConfig& config)
    : config_(config),
      options_(options_of(weights)),
      conv_in_(weights["encoder"]["conv_in"], config.in_channels, config.block_channels.front(), 3),
      mid_(weights["encoder"]["mid_block"], config),
      norm_out_(weights["encoder"]["conv_norm_out"], config.block_channels.back(), config.norm_groups, eps),
      conv_out_(weights["encoder"]["conv_out"], config.block_channels.back(), 2 * config.latent_channels, 3) {
    std::int64_t channels = config.block_channels.front();
    for (std::size_t step = 0; step < config.block_channels.size(); ++step) {
        const Weights scope = weights["encoder"]["down_blocks"][static_cast<std::int64_t>(step)];
        const std::int64_t out = config.block_channels[step];
        DownBlock& block = down_.emplace_back();
        for (std::int64_t i = 0; i < config.layers_per_block; ++i) {
            block.resnets.emplace_back(scope["resnets"][i], resnet_shape(config, channels, out));
            channels = out;
        }
        if (step + 1 < config.block_channels.size()) {
            block.downsampler.emplace(scope["downsamplers"][0]["conv"], channels, channels, 3, 2, 0);
        }
    }
    if (config.quant_conv) {
        quant_conv_ =
            pointwise(weights["quant_conv"], 2 * config.latent_channels, 2 * config.latent_channels);
    }
}

at::Tensor KlEncoder::forward(const at::Tensor& pictures, const std::stop_token& stop) const {
    const at::InferenceMode guard;
    at::Tensor h = conv_in_.forward(as_features(pictures, options_), stop);
    for (const DownBlock& block : down_) {
        for (const ResnetBlock& resnet : block.resnets) {
            h = resnet.forward(h, {}, stop);
        }
        if (block.downsampler) { // one row and one column of zeros behind the picture, none before it
            h = block.downsampler->forward(at::constant_pad_nd(h, {0, 0, 0, 1, 0, 1}), stop);
        }
    }
    h = conv_out_.forward(norm_out_.silu(mid_.forward(h, stop), {}, stop), stop);
    if (quant_conv_) {
        h = quant_conv_->forward(h, stop);
    }
    const at::Tensor mean = h.narrow(3, 0, config_.latent_channels);
    return as_pictures((mean - config_.shift_factor) * config_.scaling_factor);
}

} // namespace rushes
