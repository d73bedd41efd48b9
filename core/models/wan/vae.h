// The Wan VAE of a model directory (class AutoencoderKLWan of diffusers 0.42), in the layouts of Wan 2.1 and
// of Wan 2.2 (is_residual, patch_size), with clips that pass piece by piece: exact, and with memory that does
// not grow with them.
//
// Normalised latents, [1, z_dim, T, h, w], are (z - latents_mean) / latents_std as the denoiser sees them;
// the first latent frame stands for one video frame, each later one for frame_stride.
#pragma once

#include "models/latent_encoder.h"
#include "models/pipeline.h"
#include "models/wan/vae_config.h"
#include "models/wan/vae_decoder.h"
#include "models/wan/vae_encoder.h"
#include "nn/weights/weight_store.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>

#include <ATen/core/Tensor.h>

namespace rushes::wan {

enum class VaeParts {
    decoder, ///< all that text-to-video needs
    encoder,
    both,
};

/// Immutable; the streams that it hands out share its weights and keep it alive. One stream a clip, one
/// thread a stream.
class Vae : public std::enable_shared_from_this<Vae> {
public:
    /// Reads config.json and the weights of `directory` ("vae" of a model directory). Throws Error{user};
    /// Stopped.
    static std::shared_ptr<const Vae>
    load(const std::filesystem::path& directory, const WeightOptions& options, VaeParts parts);

    /// The weights from `source`, a directory or a file in any layout (see index_weights).
    static std::shared_ptr<const Vae>
    load(VaeConfig config, const std::filesystem::path& source, WeightOptions options, VaeParts parts);

    const VaeConfig& config() const { return config_; }

    /// The VAE was loaded with its decoder. `trace`, when given, must live as long as the stream. For tiles
    /// see below.
    std::unique_ptr<LatentDecoder>
    decoder(DecodeWay way = DecodeWay::whole, const Trace* trace = nullptr) const;

    /// Of a clip in one piece (tiled_decode() of the reference).
    std::unique_ptr<LatentDecoder> tiled_decoder(const Pass& pass, const Tiling& tiling) const;

    /// The VAE was loaded with its encoder.
    std::unique_ptr<LatentEncoder> encoder(const Trace* trace = nullptr) const;

    at::Tensor normalised(const at::Tensor& z) const;         ///< channels last
    at::Tensor denormalised(const at::Tensor& latents) const; ///< channels last

    const at::TensorOptions& options() const { return options_; } ///< device and type of weights and features

    const VaeDecoder& decoder_network() const { return *decoder_; }

    const VaeEncoder& encoder_network() const { return *encoder_; }

private:
    Vae(VaeConfig config, const Weights& weights, VaeParts parts);

    VaeConfig config_;
    at::TensorOptions options_;
    at::Tensor mean_;        ///< [z_dim]
    at::Tensor inverse_std_; ///< [z_dim]: the reference divides and multiplies by it
    std::optional<VaeDecoder> decoder_;
    std::optional<VaeEncoder> encoder_;
};

} // namespace rushes::wan
