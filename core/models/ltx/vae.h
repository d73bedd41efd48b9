// The VAE of an LTX-Video directory (class AutoencoderKLLTXVideo of diffusers 0.42), versions 0.9.0, 0.9.1
// and 0.9.5 to 0.9.8.
//
// Normalised latents, [1, latent_channels, T, h, w], are (z - latents_mean) * scaling_factor / latents_std as
// the denoiser sees them; the first latent frame stands for one video frame, each later one for frame_stride.
#pragma once

#include "models/ltx/vae_decoder.h"
#include "models/pipeline.h"

#include <cstdint>
#include <filesystem>
#include <memory>

#include <ATen/core/Tensor.h>

namespace rushes::ltx {

/// How a timestep-conditioned decoder is told to clean: the values that its makers recommend.
inline constexpr double decode_timestep = 0.05;
inline constexpr double decode_noise_scale = 0.025; ///< share of noise in what it is given

/// Immutable; the streams that it hands out share its weights and keep it alive.
class Vae : public std::enable_shared_from_this<Vae> {
public:
    /// Reads the decoder from `source`, a directory or a file. Throws Error{user}; Stopped.
    static std::shared_ptr<const Vae>
    load(VaeConfig config, const std::filesystem::path& source, const WeightOptions& options);

    const VaeConfig& config() const { return config_; }

    /// `noise`: what a timestep-conditioned decoder draws from, first for the latents, then for its layers;
    /// it stands where denoising left it. Looks ahead: expect() comes before decode_next().
    std::unique_ptr<LatentDecoder> decoder(at::Generator noise) const;

    /// The same in tiles (tiled_decode() of the reference); the layers draw anew for each.
    std::unique_ptr<LatentDecoder>
    tiled_decoder(const Pass& pass, const Tiling& tiling, at::Generator noise) const;

    /// What the decoder is given of a clip: latents [1, C, T, h, w] as the encoder made them, of the
    /// network's type, with the noise that it is to clean.
    at::Tensor to_decode(const at::Tensor& latents, const at::Generator& noise) const;

    const VaeDecoder& network() const { return decoder_; }

    /// [1, C, T, h, w], fp32 -> [T, h, w, C], as the encoder made them, of the network's type.
    at::Tensor denormalised(const at::Tensor& latents) const;

    /// The other way, fp32.
    at::Tensor normalised(const at::Tensor& features) const;

private:
    Vae(VaeConfig config, const Weights& weights);

    VaeConfig config_;
    at::TensorOptions options_;
    at::Tensor mean_; ///< [latent_channels], fp32
    at::Tensor std_;  ///< the same, divided by the scaling factor
    VaeDecoder decoder_;
};

} // namespace rushes::ltx
