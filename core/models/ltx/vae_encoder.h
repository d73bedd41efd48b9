// The encoder network of AutoencoderKLLTXVideo (diffusers 0.42): pixels in, latents and their spread out,
// piece by piece. It is causal.
#pragma once

#include "models/latent_encoder.h"
#include "models/ltx/vae_config.h"
#include "models/ltx/vae_layers.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <stop_token>
#include <vector>

#include <ATen/core/Tensor.h>

namespace rushes::ltx {

/// Of a normal distribution for each latent, as the encoder made it, not normalised: [1, C, n, h, w].
struct Moments {
    at::Tensor mean;
    at::Tensor std;
};

/// Immutable; what it hands out shares its weights and keeps it alive. fp32 (fp64 for fp64).
class VaeEncoder : public std::enable_shared_from_this<VaeEncoder> {
public:
    /// Reads the encoder from `source`, a directory or a file. Throws Error{user}; Stopped.
    static std::shared_ptr<const VaeEncoder>
    load(VaeConfig config, const std::filesystem::path& source, const WeightOptions& options);

    /// The next piece of a clip: pixels [N, H, W, 3] in -1..1, 1 frame at its begin and then frame_stride.
    Moments forward(const at::Tensor& pixels, Stream& stream) const;

    /// A whole clip of frame_stride * k + 1 frames, bytes [N, H, W, 3].
    Moments encode(const at::Tensor& frames, const std::stop_token& stop, const ShareDone& done = {}) const;

    std::unique_ptr<LatentEncoder> stream() const;

    /// As the denoiser sees them.
    at::Tensor normalised(const at::Tensor& z) const;

    const VaeConfig& config() const { return config_; }

    const at::TensorOptions& options() const { return options_; }

private:
    VaeEncoder(VaeConfig config, const Weights& weights);

    VaeConfig config_;
    at::TensorOptions options_;
    at::Tensor mean_; ///< of the latents, [1, C, 1, 1, 1]
    at::Tensor std_;
    Chain layers_;
};

} // namespace rushes::ltx
