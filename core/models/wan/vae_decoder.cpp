#include "models/wan/vae_decoder.h"

#include "base/error.h"

#include <utility>

#include <ATen/ATen.h>

namespace rushes::wan {
namespace {

Upsample upsample(const Weights& level_weights, const VaeConfig& config, std::size_t level) {
    const std::int64_t channels = config.decoder_channels()[level + 1];
    const Weights weights = config.is_residual ? level_weights["upsampler"] : level_weights["upsamplers"][0];
    return {weights, channels, config.is_residual ? channels : channels / 2, config.doubles_time(level)};
}

} // namespace

UpBlock::UpBlock(const Weights& weights, const VaeConfig& config, std::size_t level)
    : factor_t_(config.doubles_time(level) ? 2 : 1),
      shortcut_(config.is_residual && config.resamples(level)) {
    const std::int64_t out = config.decoder_channels()[level + 1];
    std::int64_t in = config.decoder_input(level);
    for (std::int64_t i = 0; i <= config.num_res_blocks; ++i) {
        resnets_.emplace_back(weights["resnets"][i], in, out);
        in = out;
    }
    if (config.resamples(level)) {
        upsample_ = upsample(weights, config, level);
    }
}

at::Tensor UpBlock::forward(at::Tensor x, const Piece& piece) const {
    const at::Tensor shortcut = shortcut_ ? x : at::Tensor();
    at::Tensor y = std::move(x); // not held longer than needed: it is as large as what the layers make
    for (const ResidualBlock& resnet : resnets_) {
        y = resnet.forward(y, piece);
    }
    if (upsample_) {
        y = upsample_->forward(y, piece);
    }
    if (shortcut_) {
        add_duplicated(y, shortcut, factor_t_, piece);
    }
    return y;
}

double UpBlock::growth(bool first) const {
    return upsample_ ? 4.0 * (first ? 1.0 : static_cast<double>(factor_t_)) : 1.0;
}

double UpBlock::work(bool first) const {
    double work = upsample_ ? upsample_->work() * growth(first) : 0;
    for (const ResidualBlock& resnet : resnets_) {
        work += resnet.work();
    }
    return work;
}

VaeDecoder::VaeDecoder(const Weights& weights, const VaeConfig& config)
    : patch_size_(config.patch_size),
      post_quant_conv_(pointwise(weights["post_quant_conv"], config.z_dim, config.z_dim)),
      conv_in_(causal_conv(weights["decoder"]["conv_in"], config.z_dim, config.decoder_channels().front())),
      mid_block_(weights["decoder"]["mid_block"], config.decoder_channels().front()),
      out_(normed_conv(
          weights["decoder"]["norm_out"],
          weights["decoder"]["conv_out"],
          config.decoder_channels().back(),
          config.out_channels
      )) {
    for (std::size_t level = 0; level < config.levels(); ++level) {
        up_blocks_.emplace_back(
            weights["decoder"]["up_blocks"][static_cast<std::int64_t>(level)], config, level
        );
    }
}

double VaeDecoder::work(double positions, bool first) const {
    double work = positions * mid_block_.work();
    for (const UpBlock& block : up_blocks_) {
        work += positions * block.work(first);
        positions *= block.growth(first);
    }
    return work + positions * out_.work();
}

at::Tensor VaeDecoder::forward(const at::Tensor& latent, const Piece& piece) const {
    throw_if_stopped(piece.stop);
    at::Tensor x = post_quant_conv_.forward(latent, piece.stop);
    piece.report("post_quant_conv", x);
    x = conv_in_.forward(x, piece.memory, piece.stop);
    piece.report("conv_in", x);
    x = mid_block_.forward(x, piece);
    piece.report("mid_block", x);
    return unpatchify(finer(0, std::move(x), piece), patch_size_);
}

/// The up blocks from `level` on, and the last layer. Frame by frame where memory is short: causal layers
/// give the same whatever the pieces.
at::Tensor VaeDecoder::finer(std::size_t level, at::Tensor x, const Piece& piece) const {
    if (piece.sparing && x.size(0) > 1) {
        std::vector<at::Tensor> frames;
        for (std::int64_t frame = 0; frame < x.size(0); ++frame) {
            frames.push_back(finer(level, x.narrow(0, frame, 1), piece));
        }
        return at::cat(frames);
    }
    if (level == up_blocks_.size()) {
        x = out_.forward(x, piece);
        piece.report("conv_out", x);
        return x;
    }
    x = up_blocks_[level].forward(std::move(x), piece);
    piece.report("up_blocks." + std::to_string(level), x);
    return finer(level + 1, std::move(x), piece);
}

} // namespace rushes::wan
