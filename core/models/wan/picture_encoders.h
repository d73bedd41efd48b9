// What turns a run's pictures into conditions of the transformer: the encoder's half of the VAE and, in
// Wan 2.1 I2V, the image encoder. They are needed for a moment a run, and are read for it unless everything
// is to stay.
#pragma once

#include "models/clip_vision.h"
#include "models/component_loading.h"
#include "models/phase_part.h"
#include "models/wan/denoising.h"
#include "models/wan/vae.h"

#include <memory>
#include <optional>
#include <stop_token>

namespace rushes::wan {

class PictureEncoders {
public:
    /// Throws Error{user}; Stopped.
    PictureEncoders(
        const ModelInfo& info,
        const PipelineConfig& config,
        ComponentLoading& loading,
        const std::stop_token& stop
    );

    /// The run's pictures, as many as the model looks at.
    StartPictures pictures(const RunInputs& inputs) const;

    /// Of the image encoder: one picture's states behind the other's, of all that there is of them, what is
    /// cropped away too. Undefined: the model has none.
    at::Tensor
    states(const StartPictures& pictures, const std::stop_token& stop, const ShareDone& done = {}) const;

    bool has_image_encoder() const { return image_encoder_.has_value(); }

    /// For a pass, on the device `to`. Throws Error{bug} without the pictures that the model needs; Stopped.
    PictureCondition condition(
        const Conditions& conditions,
        const Pass& pass,
        at::Device to,
        const std::stop_token& stop,
        const ShareDone& done = {}
    ) const;

private:
    using PictureVae = std::shared_ptr<const Vae>;

    const PipelineConfig config_;
    const Lattice lattice_;
    std::size_t frames_looked_back_on_ = 1;
    std::optional<PhasePart<PictureVae>> vae_; ///< none: made from text alone
    std::optional<PhasePart<ClipVision>> image_encoder_;
};

} // namespace rushes::wan
