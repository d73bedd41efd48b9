#include "models/unet/kl_vae.h"

#include "nn/attention.h"
#include "nn/tile_seams.h"

#include <algorithm>
#include <utility>

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

/// What the projections are called: by diffusers today, in its older files, and in the original's, where they
/// are 1x1 convolutions.
struct ProjectionNames {
    const char *q, *k, *v;
    Weights out;
    bool convolution = false;

    static ProjectionNames of(const Weights& weights) {
        if (weights["q"].has("weight")) {
            return {"q", "k", "v", weights["proj_out"], true};
        }
        if (weights["query"].has("weight")) {
            return {"query", "key", "value", weights["proj_attn"]};
        }
        return {"to_q", "to_k", "to_v", weights["to_out"][0]};
    }

    Linear read(const Weights& weights, std::int64_t channels) const {
        return convolution ? pointwise(weights, channels, channels) : Linear(weights, channels, channels);
    }
};

} // namespace

PixelAttention::PixelAttention(const Weights& weights, std::int64_t channels, std::int64_t groups)
    : norm(weights["group_norm"], channels, groups, eps) {
    const ProjectionNames names = ProjectionNames::of(weights);
    to_q = names.read(weights[names.q], channels);
    to_k = names.read(weights[names.k], channels);
    to_v = names.read(weights[names.v], channels);
    to_out = names.read(names.out, channels);
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

at::Tensor KlDecoder::forward_tiled(
    const at::Tensor& latents, const std::stop_token& stop, const ShareDone& done
) const {
    const Tiling tiling = config_.tiling();
    const std::int64_t scale = config_.stride();
    const std::int64_t height = latents.size(2) * scale;
    const std::int64_t width = latents.size(3) * scale;
    if (!tiling.cuts(width, height)) {
        return forward(latents, stop, done);
    }
    const at::InferenceMode guard;
    const std::int64_t rows = tiling.along(height);
    const std::int64_t columns = tiling.along(width);
    const auto part = [&](const at::Tensor& x, std::int64_t axis, std::int64_t number) {
        const std::int64_t begin = number * tiling.stride / scale;
        return x.narrow(axis, begin, std::min(tiling.side / scale, x.size(axis) - begin));
    };
    TileSeams seams(tiling, columns);
    std::vector<at::Tensor> bands;
    for (std::int64_t row = 0; row < rows; ++row) {
        std::vector<at::Tensor> band;
        for (std::int64_t column = 0; column < columns; ++column) {
            const at::Tensor tile = forward(part(part(latents, 2, row), 3, column), stop);
            band.push_back(seams.placed(row, column, 0, tile.permute({0, 2, 3, 1})));
            if (done) {
                done(static_cast<double>(row * columns + column + 1) / static_cast<double>(rows * columns));
            }
        }
        bands.push_back(at::cat(band, 2));
    }
    at::Tensor whole = at::cat(bands, 1);
    bands.clear();
    return whole.permute({0, 3, 1, 2}).contiguous();
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
