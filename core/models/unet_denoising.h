// Latents through a UNet, step by step (the __call__ of the pipelines of clips and of stills of diffusers
// 0.42): a whole clip, or a still as a clip of one frame. A clip that is longer than the motion modules see
// at once goes as after enable_free_noise() with its defaults.
#pragma once

#include "models/full_sequence.h"
#include "models/text_embeddings.h"
#include "models/unet/unet.h"

#include <cstdint>

namespace rushes {

class UNetDenoising final : public FullSequence {
public:
    /// `solver`: the pass's. `window`: frames that the motion modules see at once; 0: all. `unet` must live
    /// as long as this does.
    UNetDenoising(
        const UNet& unet,
        const SchedulerConfig& solver,
        std::int64_t window,
        const Pass& pass,
        const LatentShape& shape,
        const TextEmbeddings& text,
        const std::stop_token& stop
    );

    void change_conditioning(const Conditioning& conditioning, std::stop_token stop) override;
    void change_guidance(double scale) override;

private:
    TextContext
    context_of(const at::Tensor& text, const at::Tensor& pooled, const std::stop_token& stop) const;
    void read_text(const TextEmbeddings& text, const std::stop_token& stop);

    at::Tensor predict(
        const at::Tensor& latents,
        const Timestep& timestep,
        Sides sides,
        const std::stop_token& stop,
        const ShareDone& done
    ) const override;

    bool side_by_side() const override { return side_by_side_; }

    /// Of a long clip: noise for one window, and then its own again, shuffled four frames by four.
    at::Tensor noise(const LatentShape& shape, at::Generator& generator) const override;

    const UNet& unet_;
    std::int64_t window_;
    double motion_scale_;
    PictureSizes sizes_; ///< of a picture that was never scaled or cut
    bool told_guidance_; ///< the UNet is: no second prompt, no second forward
    double guidance_;
    bool side_by_side_;
    bool guided_;
    TextContext both_; ///< prompt, and negative prompt in a guided pass; empty where they go one by one
    TextContext prompt_;
    TextContext negative_;
};

} // namespace rushes
