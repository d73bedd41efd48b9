// vae/config.json of the Stable Diffusion family, free of libtorch (AutoencoderKL of diffusers 0.42).
#pragma once

#include "base/json_config.h"
#include "nn/tiling.h"

#include <cstdint>
#include <vector>

namespace rushes {

struct KlVaeConfig {
    std::int64_t in_channels = 3;
    std::int64_t out_channels = 3;
    std::int64_t latent_channels = 4;
    std::vector<std::int64_t> block_channels;
    std::int64_t layers_per_block = 1; ///< resnets of a block of the encoder; the decoder's have one more
    std::int64_t norm_groups = 32;
    double scaling_factor = 0.18215; ///< latents as the denoiser sees them are the autoencoder's times this
    double shift_factor = 0;         ///< and before that less this
    bool quant_conv = true;
    bool post_quant_conv = true;
    bool mid_attention = true;
    std::int64_t sample_size = 512; ///< side of the pictures that it was trained on, and of tiles

    /// The reference's enable_tiling(): tiles overlap by a quarter.
    Tiling tiling() const { return {.side = sample_size, .stride = sample_size - sample_size / 4}; }

    /// Pixels of a latent's side.
    std::int64_t stride() const { return std::int64_t{1} << (block_channels.size() - 1); }
};

/// Throws Error{user}: another class, a setting that is not supported.
KlVaeConfig read_kl_vae_config(const JsonConfig& config);

} // namespace rushes
