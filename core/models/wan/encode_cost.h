// What pictures cost on their way to the transformer: the encoder of the VAE and the image encoder. No
// libtorch here.
#pragma once

#include "models/cost_parts.h"
#include "models/wan/config.h"
#include "models/wan/vae_config.h"

#include <vector>

namespace rushes::wan {

/// The encoders are read for a run and let go of, unless everything is to stay (picture_encoders.h).
class PictureCost {
public:
    PictureCost(const PipelineConfig& config, const VaeConfig& vae, const ComponentWeights& weights);

    void add_resident(std::vector<ResidentWeights>& resident, const LoadOptions& options) const;

    /// The phase of the text, with the image encoder after it.
    PhaseCost with_image_encoder(PhaseCost text, const Pass& pass, const LoadOptions& options) const;

    /// Pictures to latents; nothing for a pass that starts from noise.
    PhaseCost encode(const Pass& pass, const LoadOptions& options) const;

    /// Tokens that cross-attention sees beside the text's.
    double tokens() const;

private:
    bool serves(const Pass& pass) const {
        return way_ == PictureWay::control || (pass.start == PassStart::inputs && way_ != PictureWay::none);
    }

    double encoder_bytes(const LoadOptions& options) const;

    PictureWay way_;
    std::optional<ImageEncoderConfig> image_encoder_config_;
    double pictures_; ///< that the image encoder sees
    double flop_;     ///< for a pixel of a frame
    double bytes_;    ///< for a pixel
    StoredWeights encoder_;
    StoredWeights image_encoder_;
};

} // namespace rushes::wan
