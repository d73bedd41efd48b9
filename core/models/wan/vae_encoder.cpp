#include "models/wan/vae_encoder.h"

#include "base/error.h"

#include <ATen/ATen.h>

namespace rushes::wan {
namespace {

/// Where a level's layers stand among the keys: its residual blocks, then what halves the size.
struct LevelKeys {
    std::vector<Weights> resnets;
    Weights downsampler;
};

LevelKeys keys_of(const Weights& down_blocks, const VaeConfig& config, std::size_t level) {
    const std::int64_t count = config.num_res_blocks;
    const auto index = static_cast<std::int64_t>(level);
    const std::int64_t first =
        index * (count + 1); // of the flat list: every level before has one that halves
    const Weights own = down_blocks[index];
    LevelKeys keys{{}, config.is_residual ? own["downsampler"] : down_blocks[first + count]};
    for (std::int64_t i = 0; i < count; ++i) {
        keys.resnets.push_back(config.is_residual ? own["resnets"][i] : down_blocks[first + i]);
    }
    return keys;
}

} // namespace

DownBlock::DownBlock(const Weights& down_blocks, const VaeConfig& config, std::size_t level)
    : out_(config.encoder_channels()[level + 1]),
      factor_t_(config.halves_time(level) ? 2 : 1),
      factor_s_(config.resamples(level) ? 2 : 1),
      shortcut_(config.is_residual) {
    const LevelKeys keys = keys_of(down_blocks, config, level);
    std::int64_t in = config.encoder_channels()[level];
    for (const Weights& resnet : keys.resnets) {
        resnets_.emplace_back(resnet, in, out_);
        in = out_;
    }
    if (config.resamples(level)) {
        downsample_.emplace(keys.downsampler, out_, config.halves_time(level));
    }
}

at::Tensor DownBlock::forward(const at::Tensor& x, const Piece& piece) const {
    at::Tensor y = x;
    for (const ResidualBlock& resnet : resnets_) {
        y = resnet.forward(y, piece);
    }
    if (downsample_) {
        y = downsample_->forward(y, piece);
    }
    return shortcut_ ? y.add_(average_down(x, out_, factor_t_, factor_s_)) : y;
}

double DownBlock::growth(bool first) const {
    return downsample_ ? 0.25 / static_cast<double>(first ? 1 : factor_t_) : 1.0;
}

double DownBlock::work() const {
    double work = downsample_ ? downsample_->work() : 0;
    for (const ResidualBlock& resnet : resnets_) {
        work += resnet.work();
    }
    return work;
}

VaeEncoder::VaeEncoder(const Weights& weights, const VaeConfig& config)
    : patch_size_(config.patch_size),
      z_dim_(config.z_dim),
      conv_in_(causal_conv(weights["encoder"]["conv_in"], config.in_channels, config.base_dim)),
      mid_block_(weights["encoder"]["mid_block"], config.encoder_channels().back()),
      out_(normed_conv(
          weights["encoder"]["norm_out"],
          weights["encoder"]["conv_out"],
          config.encoder_channels().back(),
          2 * config.z_dim
      )),
      quant_conv_(pointwise(weights["quant_conv"], 2 * config.z_dim, 2 * config.z_dim)) {
    for (std::size_t level = 0; level < config.levels(); ++level) {
        down_blocks_.emplace_back(weights["encoder"]["down_blocks"], config, level);
    }
}

double VaeEncoder::work(double pixels, bool first) const {
    double positions = pixels / static_cast<double>(patch_size_ * patch_size_);
    double work = 0;
    for (const DownBlock& block : down_blocks_) {
        work += positions * block.work();
        positions *= block.growth(first);
    }
    return work + positions * (mid_block_.work() + out_.work());
}

at::Tensor VaeEncoder::forward(const at::Tensor& frames, const Piece& piece) const {
    throw_if_stopped(piece.stop);
    at::Tensor x = conv_in_.forward(patchify(frames, patch_size_), piece.memory, piece.stop);
    piece.report("conv_in", x);
    for (std::size_t i = 0; i < down_blocks_.size(); ++i) {
        x = down_blocks_[i].forward(x, piece);
        piece.report("down_blocks." + std::to_string(i), x);
    }
    x = mid_block_.forward(x, piece);
    piece.report("mid_block", x);
    x = out_.forward(x, piece);
    piece.report("conv_out", x);
    // The second half is the log variance, which the mode of the distribution does not need.
    return quant_conv_.forward(x, piece.stop).narrow(-1, 0, z_dim_);
}

} // namespace rushes::wan
