// The whole clip as one block, step by step with a solver, with classifier-free guidance where the pass asks
// for it: what every family that is not causal does the same way. As the __call__ of diffusers' pipelines.
#pragma once

#include "models/pipeline.h"
#include "nn/launch_pace.h"
#include "schedulers/scheduler.h"

#include <cstdint>
#include <memory>
#include <vector>

#include <ATen/core/Generator.h>

namespace rushes {

/// Shape of a pass's latents: [1, channels, frames, height, width].
struct LatentShape {
    std::int64_t channels = 0;
    std::int64_t frames = 0;
    std::int64_t height = 0;
    std::int64_t width = 0;
};

/// Of a pass on the lattice, where a latent stands for a square of `pixel_stride` pixels.
LatentShape
latent_shape(const Pass& pass, const Lattice& lattice, std::int64_t channels, std::int64_t pixel_stride);

/// Noise for `frames` latent frames, fp32. Drawn on the CPU whatever the device: the same seed gives the same
/// clip everywhere. sent_to() (nn/transfer.h) takes it there.
at::Tensor draw_noise(const LatentShape& shape, std::int64_t frames, at::Generator& generator);

/// Timesteps on the device, fp32 [n, 1], put there once for all steps.
at::Tensor timesteps_on(at::Device device, const std::vector<float>& timesteps);

/// `done` as a model that computes on a GPU calls it after each layer: keeps the CPU from running ahead. Both
/// must live as long as what is returned.
ShareDone paced(LaunchPace& pace, const ShareDone& done);

/// Classifier-free guidance in the model's type, rounded as the reference does. `sides`: what the model gives
/// for the prompt and, in a guided pass, for the negative prompt, [sides, C, T, h, w].
at::Tensor guided(const at::Tensor& sides, double scale);

class FullSequence : public Denoising {
public:
    int blocks() const override { return 1; }

    int steps() const override { return static_cast<int>(scheduler_->timesteps().size()); }

    int latent_frames(int /*block*/) const override { return static_cast<int>(shape_.frames); }

    void begin_block(int block) override;
    void step(int block, int step, std::stop_token stop, const ShareDone& done) override;

    at::Tensor x0_estimate() const override { return x0_; }

    at::Tensor finish_block(int block, std::stop_token stop) override;
    State state() const override;
    void go_on(int steps, const State& state) override;

    void take_block(const at::Tensor& latents) override;

    void change_guidance(double scale) override { guidance_scale_ = scale; }

protected:
    /// What the model is asked for.
    enum class Sides {
        all,    ///< side by side: products with twice the rows waste less
        prompt, ///< alone: the two together would take twice the memory
        negative,
    };

    /// `solver`: the pass's; `request`: pass.steps of its own grid, or the list of a distilled model.
    FullSequence(
        const LatentShape& shape,
        const Pass& pass,
        const SchedulerConfig& solver,
        const StepRequest& request,
        at::Device device
    );

    struct Timestep {
        float value = 0;
        at::Tensor on_device; ///< [1], fp32
    };

    /// The model's output, [sides, C, T, h, w]. Tells of its own layers.
    virtual at::Tensor predict(
        const at::Tensor& latents,
        const Timestep& timestep,
        Sides sides,
        const std::stop_token& stop,
        const ShareDone& done
    ) const = 0;

    /// Whether there is room for both sides at once.
    virtual bool side_by_side() const = 0;

    /// What the clip is made from, of `shape`, fp32 on the CPU: noise, unless the family wants it otherwise.
    virtual at::Tensor noise(const LatentShape& shape, at::Generator& generator) const;

    /// What a step begins from in place of what the one before left: where frames are given that are to show
    /// some noise of their own.
    virtual at::Tensor begun(const at::Tensor& latents, float /*timestep*/, at::Generator& /*noise*/) const {
        return latents;
    }

    /// What a step that began from `from` left, with those frames as they were that no step changes.
    virtual at::Tensor kept(const at::Tensor& latents, const at::Tensor& /*from*/) const { return latents; }

    /// After begin_block().
    const at::Tensor& latents() const { return latents_; }

private:
    at::Tensor model_output(const Timestep& timestep, const std::stop_token& stop, const ShareDone& done);

    const LatentShape shape_;
    double guidance_scale_;
    const at::Device device_;
    at::Generator noise_;
    std::unique_ptr<Scheduler> scheduler_;
    at::Tensor timesteps_; ///< on the device
    LaunchPace pace_;
    at::Tensor latents_;
    at::Tensor x0_;
};

} // namespace rushes
