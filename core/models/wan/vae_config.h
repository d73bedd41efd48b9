// What vae/config.json says (class AutoencoderKLWan), free of libtorch. Keys and defaults as diffusers 0.42
// writes and fills them (models/autoencoders/autoencoder_kl_wan.py).
#pragma once

#include "base/json_config.h"
#include "nn/tiling.h"

#include <cstdint>
#include <vector>

namespace rushes::wan {

struct VaeConfig {
    std::int64_t base_dim = 0;             ///< channels of the encoder's first level
    std::int64_t decoder_base_dim = 0;     ///< of the decoder's last one
    std::int64_t z_dim = 0;                ///< latent channels
    std::vector<std::int64_t> dim_mult;    ///< of the base channels, one a level, finest first
    std::int64_t num_res_blocks = 0;       ///< of a level of the encoder; the decoder has one more
    std::vector<bool> temporal_downsample; ///< between two levels: halves the frame rate too; finest first
    std::vector<double> latents_mean;      ///< z_dim values: latents = (z - mean) / std
    std::vector<double> latents_std;
    bool is_residual = false;     ///< Wan 2.2: average and duplicate shortcuts around each level
    std::int64_t patch_size = 1;  ///< Wan 2.2: patch_size^2 pixels are laid into the channels
    std::int64_t in_channels = 3; ///< after that
    std::int64_t out_channels = 3;

    std::size_t levels() const { return dim_mult.size(); }

    /// The reference's enable_tiling(). It blends before it lays pixels out of the channels.
    Tiling tiling() const { return {.side = 256, .stride = 192, .grain = patch_size}; }

    std::int64_t frame_stride() const; ///< video frames of each latent frame but the first
    std::int64_t pixel_stride() const; ///< rows (columns) of the picture for one of the latents

    /// Level i of the encoder goes from channels [i] to [i + 1], and so does level i of the decoder.
    std::vector<std::int64_t> encoder_channels() const;
    std::vector<std::int64_t> decoder_channels() const;

    /// Channels that level i of the decoder begins with: in Wan 2.1 the convolution after the upsampling has
    /// halved them.
    std::int64_t decoder_input(std::size_t level) const {
        return decoder_channels()[level] / (level > 0 && !is_residual ? 2 : 1);
    }

    /// What follows level i of the encoder / decoder: the last one keeps the size.
    bool resamples(std::size_t level) const { return level + 1 < levels(); }

    bool halves_time(std::size_t level) const { return resamples(level) && temporal_downsample[level]; }

    bool doubles_time(std::size_t level) const {
        return resamples(level) && temporal_downsample[levels() - 2 - level];
    }
};

/// Throws Error{user} with one sentence for a class, key or number that is missing, out of range or
/// contradicts another.
VaeConfig read_vae_config(const JsonConfig& config);

} // namespace rushes::wan
