// Denoising with an LTX-Video transformer, as LTXPipeline.__call__ and LTXConditionPipeline.__call__ of
// diffusers 0.42.
#pragma once

#include "models/full_sequence.h"
#include "models/ltx/config.h"
#include "models/ltx/schedules.h"
#include "models/ltx/transformer.h"
#include "models/ltx/vae_encoder.h"
#include "models/text_embeddings.h"

#include <string>
#include <vector>

namespace rushes::ltx {

/// Where `steps` of the distilled schedule lie: the timesteps that its makers recommend for 0.9.7 and 0.9.8
/// distilled, or some of those, evenly, the first among them.
std::vector<double> distilled_timesteps(int steps);

/// The pass's solver. Throws Error{user} for an unknown scheduler.
SchedulerConfig solver_of(const PipelineConfig& config, const Pass& pass);
StepRequest steps_of(const PipelineConfig& config, const Pass& pass, const LatentShape& shape);

/// What a brief becomes.
struct Conditions {
    TextEmbeddings text = {};
    std::vector<FramePtr> pictures = {}; ///< that the clip begins with, 8 k + 1 of them; empty: none
    std::vector<FramePtr> within = {};   ///< that it comes by, each at its Frame::index
    FramePtr last = {};                  ///< that it ends with; null: none
};

// Note [frames that are given]
// Latents of pictures stand at the begin of the clip, with timesteps of their own. LTXImageToVideoPipeline
// keeps them clean, at 0. LTXConditionPipeline, at 0 too, shows them under a little noise of each step's,
// less and less, which is said to help motion go on; what the last step showed is what is decoded. The
// reference draws the latents from the distribution that the encoder gives, and all that is random from one
// generator; so do we, in its order. A picture further on, of the last frame too, is a latent frame of its
// own (LTXConditionPipeline, a condition with a frame index): it stands before the others, is placed where
// its frame lies, and goes once the clip is made.
/// The distribution of the given latents, normalised, on the CPU; an undefined mean: none are given.
struct GivenLatents {
    /// One latent frame.
    struct Later {
        std::int64_t frame = 0; ///< of the clip
        Moments latents;
    };

    Moments first = {};            ///< that the clip begins with
    std::vector<Later> later = {}; ///< in time order, where the pipeline is PipelineKind::condition

    /// Latent frames of each.
    std::int64_t first_frames() const { return first.mean.defined() ? first.mean.size(2) : 0; }

    std::int64_t later_frames() const { return std::ssize(later); }

    std::vector<std::int64_t> later_places() const;
};

/// The run's generator as denoising leaves it: what a decoder draws comes behind.
at::Generator noise_behind(
    const PipelineConfig& config, const Pass& pass, const LatentShape& shape, const GivenLatents& given
);

class LtxDenoising final : public FullSequence {
public:
    /// What it is given must live as long, but for text.
    LtxDenoising(
        const PipelineConfig& config,
        const Transformer& transformer,
        const Pass& pass,
        const LatentShape& shape,
        const TextEmbeddings& text,
        GivenLatents given,
        const std::stop_token& stop,
        at::Tensor clean = {} ///< what a pass that refines begins with, [1, C, T, h, w], on the CPU
    );

    int latent_frames(int /*block*/) const override { return static_cast<int>(frames_); }

    void begin_block(int block) override;
    void change_conditioning(const Conditioning& conditioning, std::stop_token stop) override;

    at::Tensor x0_estimate() const override { return of_clip(FullSequence::x0_estimate()); }

    at::Tensor finish_block(int block, std::stop_token stop) override;
    void take_block(const at::Tensor& latents) override;

private:
    /// Latent frames before the first that is made.
    std::int64_t given_frames() const { return given_.later_frames() + given_.first_frames(); }

    /// Without those that stand for later frames.
    at::Tensor of_clip(const at::Tensor& latents) const;

    at::Tensor noise(const LatentShape& shape, at::Generator& generator) const override;
    at::Tensor begun(const at::Tensor& latents, float timestep, at::Generator& noise) const override;
    at::Tensor kept(const at::Tensor& latents, const at::Tensor& from) const override;
    at::Tensor predict(
        const at::Tensor& latents,
        const Timestep& timestep,
        Sides sides,
        const std::stop_token& stop,
        const ShareDone& done
    ) const override;
    bool side_by_side() const override;

    const PipelineKind kind_;
    const Transformer& transformer_;
    const GivenLatents given_;
    const std::int64_t frames_; ///< latent ones of the clip
    const RotaryTable positions_;
    TextContext text_;
    const bool guided_;
    const at::Tensor start_; ///< of a pass that refines: clean latents
    const double start_sigma_;
    const bool ends_idly_;
    at::Tensor noisy_frames_; ///< [those before and T]: 0 for given frames, else 1; undefined without any
    at::Tensor clean_;        ///< the given frames as they were drawn, [1, C, n, h, w]
};

} // namespace rushes::ltx
