// The autoencoder of the Stable Diffusion family as a decoder of clips.
#pragma once

#include "models/pipeline.h"
#include "models/unet/kl_vae.h"

#include <memory>

namespace rushes {

/// A frame a latent, each on its own. Where little memory is left, large pictures are decoded in tiles, whose
/// seams are blended: nearly the same frames. `decoder` must live as long.
std::unique_ptr<LatentDecoder> frame_decoder(const KlDecoder& decoder, DecoderMemory memory);

} // namespace rushes
