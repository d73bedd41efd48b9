// The autoencoder of the Stable Diffusion family, one picture at a time (AutoencoderKL of diffusers 0.42).
// Features are [pictures, height, width, channels].
#pragma once

#include "models/unet/kl_vae_config.h"
#include "models/unet/resnet_block.h"
#include "nn/conv2d.h"
#include "nn/group_norm.h"
#include "nn/work_unit.h"

#include <cstdint>
#include <optional>
#include <stop_token>
#include <vector>

#include <ATen/core/Tensor.h>

namespace rushes {

/// Attention of every pixel to all others, one head as wide as the features.
struct PixelAttention {
    GroupNorm norm;
    Linear to_q, to_k, to_v, to_out;

    /// Names of today (to_q ...), of older files (query, key, value, proj_attn) and of the original's (q, k,
    /// v, proj_out).
    PixelAttention(const Weights& weights, std::int64_t channels, std::int64_t groups);
    at::Tensor forward(const at::Tensor& x, const std::stop_token& stop) const;
};

/// Resnet, attention, resnet: the middle of encoder and decoder.
struct MidBlock {
    ResnetBlock first;
    std::optional<PixelAttention> attention;
    ResnetBlock last;

    MidBlock(const Weights& weights, const KlVaeConfig& config);
    at::Tensor forward(const at::Tensor& x, const std::stop_token& stop) const;
};

class KlDecoder {
public:
    /// The root scope of a vae directory.
    KlDecoder(const Weights& weights, const KlVaeConfig& config);

    /// latents [N, latent_channels, h, w] as the denoiser sees them -> pictures [N, out_channels, H, W],
    /// about -1..1. Tells of each block. Throws Stopped before each work unit.
    at::Tensor
    forward(const at::Tensor& latents, const std::stop_token& stop = {}, const ShareDone& done = {}) const;

    /// The same in tiles of the size that it was trained on, which overlap by a quarter and are blended there
    /// (tiled_decode() of diffusers 0.42): less memory, and a little other numbers, since each tile has norms
    /// of its own. Pictures no larger than a tile are as forward() gives them.
    at::Tensor forward_tiled(
        const at::Tensor& latents, const std::stop_token& stop = {}, const ShareDone& done = {}
    ) const;

private:
    struct UpBlock {
        std::vector<ResnetBlock> resnets;
        std::optional<UpsampleConv> upsampler;
    };

    KlVaeConfig config_;
    at::TensorOptions options_;
    std::optional<Linear> post_quant_conv_;
    Conv2d conv_in_;
    MidBlock mid_;
    std::vector<UpBlock> up_;
    GroupNorm norm_out_;
    Conv2d conv_out_;
};

class KlEncoder {
public:
    KlEncoder(const Weights& weights, const KlVaeConfig& config);

    /// pictures [N, in_channels, H, W], -1..1, H and W multiples of stride() -> the latents' mean [N,
    /// latent_channels, h, w] as the denoiser sees it. Throws Stopped before each work unit.
    at::Tensor forward(const at::Tensor& pictures, const std::stop_token& stop = {}) const;

private:
    struct DownBlock {
        std::vector<ResnetBlock> resnets;
        std::optional<Conv2d> downsampler;
    };

    KlVaeConfig config_;
    at::TensorOptions options_;
    Conv2d conv_in_;
    std::vector<DownBlock> down_;
    MidBlock mid_;
    GroupNorm norm_out_;
    Conv2d conv_out_;
    std::optional<Linear> quant_conv_;
};

} // namespace rushes
