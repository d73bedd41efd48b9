// The decoder network of AutoencoderKLWan, both layouts: latent frames in, pixels out.
#pragma once

#include "models/wan/vae_blocks.h"
#include "models/wan/vae_config.h"

#include <memory>
#include <optional>
#include <vector>

#include <ATen/core/Tensor.h>

namespace rushes::wan {

/// num_res_blocks + 1 residual blocks, then twice the size; in Wan 2.2 around it a shortcut that duplicates.
class UpBlock {
public:
    UpBlock(const Weights& weights, const VaeConfig& config, std::size_t level);
    at::Tensor forward(at::Tensor x, const Piece& piece) const;

    /// What becomes of one position: positions of the output, and the work that the layers tell of.
    double growth(bool first) const;
    double work(bool first) const;

private:
    std::vector<ResidualBlock> resnets_;
    std::optional<Upsample> upsample_;
    std::int64_t factor_t_;
    bool shortcut_;
};

class VaeDecoder {
public:
    /// `weights`: the root of the component (post_quant_conv and decoder.*).
    VaeDecoder(const Weights& weights, const VaeConfig& config);

    /// latent [1, h, w, z_dim] (as the encoder made it, not normalised) -> [N, H, W, 3] around -1..1, not
    /// clamped; N is 1 for the first piece, else frame_stride.
    at::Tensor forward(const at::Tensor& latent, const Piece& piece) const;

    /// All that forward() tells the piece's `spent` for a latent of h * w positions.
    double work(double positions, bool first) const;

private:
    at::Tensor finer(std::size_t level, at::Tensor x, const Piece& piece) const;

    std::int64_t patch_size_;
    Linear post_quant_conv_;
    CausalConv3d conv_in_;
    MidBlock mid_block_;
    std::vector<UpBlock> up_blocks_;
    NormedConv out_;
};

} // namespace rushes::wan
