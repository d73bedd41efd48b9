// The map from latents to colours of a model (latent_rgb.h), fitted before the first clip is made: to
// pictures that are drawn for it, by the model's own encoder.
#pragma once

#include "models/family.h"
#include "models/latent_encoder.h"
#include "models/preview_fit.h"

#include <stop_token>

namespace rushes {

/// Of the family, by info.family. Empty: it encodes no pictures. Throws as load_pipeline().
NewEncoder load_encoder(const ModelInfo& info, const LoadOptions& options, std::stop_token stop);

/// Fits the map and keeps it where load_latent_rgb() reads it, in place of one that is there; a model's own
/// stays. Throws Error{user}: the model brings a map, or encodes no pictures; Stopped.
PreviewFit
fit_previews(const ModelInfo& info, const NewEncoder& encoder, const ShareDone& done, std::stop_token stop);

} // namespace rushes
