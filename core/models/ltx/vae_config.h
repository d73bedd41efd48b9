// vae/config.json of an LTX-Video directory (AutoencoderKLLTXVideo of diffusers 0.42,
// models/autoencoders/autoencoder_kl_ltx.py). No libtorch here.
#pragma once

#include "base/json_config.h"
#include "nn/tiling.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace rushes::ltx {

/// A level of the decoder, the coarsest first.
struct UpLevel {
    std::int64_t in = 0; ///< channels
    std::int64_t out = 0;
    std::int64_t layers = 0;    ///< residual blocks, beside the one that changes the channels
    bool doubles = false;       ///< height, width and time
    bool residual = false;      ///< the doubling has a shortcut
    std::int64_t narrowing = 1; ///< what the doubling divides the channels by
    bool inject_noise = false;  ///< its residual blocks add noise of their own
};

/// How a level of the encoder halves.
enum class Halving {
    none,
    convolution,    ///< all three, by strides
    spatial,        ///< height and width into channels
    temporal,       ///< time into channels
    spatiotemporal, ///< all three into channels
};

/// Places that become one, in channels or by strides.
std::int64_t places_of(Halving halving);

/// A level of the encoder, the finest first.
struct DownLevel {
    std::int64_t in = 0; ///< channels
    std::int64_t out = 0;
    std::int64_t layers = 0;
    Halving halving = Halving::none;
    bool widens_last = false; ///< a residual block behind the halving changes the channels
};

struct VaeConfig {
    std::int64_t latent_channels = 0;
    std::int64_t patch_size = 4; ///< pixels that lie in channels, each way
    std::vector<DownLevel> down;
    std::int64_t encoder_mid_layers = 0;
    std::vector<UpLevel> up;
    std::int64_t decoder_mid_layers = 0;
    bool decoder_mid_noise = false;
    bool timestep_conditioning = false; ///< the decoder takes a timestep, and cleans a little noise
    bool decoder_causal = false;
    double scaling_factor = 1;
    double norm_eps = 1e-6;

    /// The reference's enable_tiling().
    Tiling tiling() const { return {.side = 512, .stride = 448}; }

    std::int64_t decoder_channels() const { return up.front().in * up.front().narrowing; } ///< the coarsest

    std::int64_t frame_stride() const; ///< video frames of a latent frame
    std::int64_t pixel_stride() const; ///< pixels of a latent, each way
};

/// Throws Error{user}.
VaeConfig read_vae_config(const JsonConfig& config);

} // namespace rushes::ltx
