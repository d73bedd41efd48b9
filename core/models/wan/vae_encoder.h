// The encoder network of AutoencoderKLWan, both layouts: pixels in, the mean of the latents out.
#pragma once

#include "models/wan/vae_blocks.h"
#include "models/wan/vae_config.h"

#include <optional>
#include <vector>

#include <ATen/core/Tensor.h>

namespace rushes::wan {

/// num_res_blocks residual blocks, then half the size; in Wan 2.2 around it a shortcut that averages. The two
/// layouts number the keys differently: Wan 2.1 counts all layers of all levels in one list.
class DownBlock {
public:
    DownBlock(const Weights& down_blocks, const VaeConfig& config, std::size_t level);
    at::Tensor forward(const at::Tensor& x, const Piece& piece) const;

    /// What becomes of one position: positions of the output, and the work that the layers tell of.
    double growth(bool first) const;
    double work() const;

private:
    std::vector<ResidualBlock> resnets_;
    std::optional<Downsample> downsample_;
    std::int64_t out_;
    std::int64_t factor_t_;
    std::int64_t factor_s_;
    bool shortcut_;
};

class VaeEncoder {
public:
    /// `weights`: the root of the component (encoder.* and quant_conv).
    VaeEncoder(const Weights& weights, const VaeConfig& config);

    /// frames [N, H, W, 3] in -1..1; N is 1 for the first piece, then 4 -> mean [N / frame_stride or 1, h, w,
    /// z_dim], not normalised.
    at::Tensor forward(const at::Tensor& frames, const Piece& piece) const;

    /// All that forward() tells the piece's `spent` for so many pixels, of all its frames.
    double work(double pixels, bool first) const;

private:
    std::int64_t patch_size_;
    std::int64_t z_dim_;
    CausalConv3d conv_in_;
    std::vector<DownBlock> down_blocks_;
    MidBlock mid_block_;
    NormedConv out_;
    Linear quant_conv_;
};

} // namespace rushes::wan
