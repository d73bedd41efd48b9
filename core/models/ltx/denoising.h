// Denoising with an LTX-Video transformer, as LTXPipeline.__call__ and LTXConditionPipeline.__call__ of
// diffusers 0.42.
#pragma once

#include "models/full_sequence.h"
#include "models/ltx/config.h"
#include "models/ltx/transformer.h"
#include "models/ltx/vae_encoder.h"
#include "models/text_embeddings.h"

#include <string>
#include <vector>

namespace rushes::ltx {

/// The schedule of the distilled checkpoints, by its name in recipes.
inline constexpr const char* distilled_scheduler = "ltx-distilled";

/// Where `steps` of them lie: the timesteps that its makers recommend for 0.9.7 and 0.9.8 distilled, or some
/// of those, evenly, the first among them.
std::vector<double> distilled_timesteps(int steps);

/// The pass's solver. Throws Error{user} for an unknown scheduler.
SchedulerConfig solver_of(const PipelineConfig& config, const Pass& pass);
StepRequest steps_of(const PipelineConfig& config, const Pass& pass, const LatentShape& shape);

/// What a brief becomes.
struct Conditions {
    TextEmbeddings text = {};
    std::vector<FramePtr> pictures = {}; ///< that the clip begins with, 8 k + 1 of them; empty: none
};

// Note [frames that are given]
// Latents of pictures stand at the begin of the clip, with timesteps of their own. LTXImageToVideoPipeline
// keeps them clean, at 0. LTXConditionPipeline, at 0 too, shows them under a little noise of each step's,
// less and less, which is said to help motion go on; what the last step showed is what is decoded. The
// reference draws the latents from the distribution that the encoder gives, and all that is random from one
// generator; so do we, in its order.
/// The distribution of the given latents, normalised, on the CPU; an undefined mean: none are given.
using GivenLatents = Moments;

/// The run's generator as denoising leaves it: what a decoder draws comes behind.
at::Generator noise_behind(
    const PipelineConfig& config, const Pass& pass, const LatentShape& shape, std::int64_t given_frames
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
        const std::stop_token& stop
    );

    void begin_block(int block) override;

private:
    bool has_given() const { return given_.mean.defined(); }

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
    const RotaryTable positions_;
    const TextContext text_;
    const GivenLatents given_;
    at::Tensor noisy_frames_; ///< [T]: 0 for given frames, else 1; undefined without any
    at::Tensor clean_;        ///< the given frames as they were drawn, [1, C, n, h, w]
};

} // namespace rushes::ltx
