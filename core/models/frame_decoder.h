// The autoencoder of the Stable Diffusion family as a decoder of clips.
#pragma once

#include "models/pipeline.h"
#include "models/unet/kl_vae.h"

#include <memory>

namespace rushes {

/// A frame a latent, each on its own. `decoder` must live as long.
std::unique_ptr<LatentDecoder> frame_decoder(const KlDecoder& decoder, DecodeWay way);

} // namespace rushes
