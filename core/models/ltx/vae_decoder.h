// The decoder network of AutoencoderKLLTXVideo (diffusers 0.42): latent frames in, pixels out, piece by piece
// (Note [looking ahead] of vae_layers.h).
#pragma once

#include "models/ltx/vae_config.h"
#include "models/ltx/vae_layers.h"

#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

#include <ATen/core/Tensor.h>

namespace rushes::ltx {

class VaeDecoder {
public:
    /// `weights`: the scope "decoder" of the component. `timestep`: 0..1, that a timestep-conditioned decoder
    /// is told; of no meaning to the others.
    VaeDecoder(const Weights& weights, const VaeConfig& config, double timestep);

    /// The next latent frame [1, h, w, latent_channels], not normalised; undefined: there is none left.
    using Source = std::function<at::Tensor()>;

    /// One clip. What it is given must live as long.
    class Run {
    public:
        Run(const VaeDecoder& decoder, Source source, at::Generator noise);

        /// The next frames [N, H, W, 3] around -1..1, not clamped, one at least; undefined: that was all.
        /// Throws Stopped.
        at::Tensor next(const std::stop_token& stop);

    private:
        at::Tensor pull(std::size_t stages);

        const VaeDecoder& decoder_;
        Source source_;
        Stream stream_;
        std::vector<bool> finished_; ///< by stage
    };

private:
    std::int64_t patch_size_;
    std::vector<Chain> stages_; ///< the middle, each level, the end
};

} // namespace rushes::ltx
