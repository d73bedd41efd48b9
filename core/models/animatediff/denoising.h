// The whole clip through the UNet, step by step (AnimateDiffPipeline.__call__ of diffusers 0.42).
#pragma once

#include "models/full_sequence.h"
#include "models/text_embeddings.h"
#include "models/unet/unet.h"

namespace rushes::animatediff {

using rushes::TextEmbeddings; // prompt and negative prompt of one length

class AnimateDiffDenoising final : public FullSequence {
public:
    /// `unet` must live as long as this does.
    AnimateDiffDenoising(
        const UNet& unet,
        const SchedulerConfig& scheduler,
        const Pass& pass,
        const LatentShape& shape,
        const TextEmbeddings& text,
        const std::stop_token& stop
    );

private:
    at::Tensor predict(
        const at::Tensor& latents,
        const Timestep& timestep,
        Sides sides,
        const std::stop_token& stop,
        const ShareDone& done
    ) const override;

    bool side_by_side() const override { return side_by_side_; }

    const UNet& unet_;
    bool side_by_side_;
    TextContext both_; ///< prompt, and negative prompt in a guided pass; empty where they go one by one
    TextContext prompt_;
    TextContext negative_;
};

} // namespace rushes::animatediff
