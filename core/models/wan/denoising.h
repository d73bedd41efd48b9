// The two ways to denoise with a Wan transformer: the whole clip at once, and block by block through a KV
// cache.
#pragma once

#include "models/full_sequence.h"
#include "models/text_embeddings.h"
#include "models/wan/config.h"
#include "models/wan/frame_history.h"
#include "models/wan/kv_cache.h"
#include "models/wan/pictures.h"
#include "models/wan/transformer.h"
#include "nn/launch_pace.h"
#include "schedulers/few_step_run.h"

#include <cstdint>
#include <utility>
#include <vector>

#include <ATen/core/Generator.h>

namespace rushes::wan {

using rushes::TextEmbeddings;

/// All that a brief becomes.
struct Conditions {
    TextEmbeddings text = {};
    StartPictures pictures = {};
    at::Tensor image_states = {}; ///< of the image encoder, [1, states, image_dim]; undefined: none
};

/// What the pictures of a run became, on the device; undefined: there is none of it.
struct PictureCondition {
    at::Tensor first = {};    ///< clean latents of the frames that the clip begins with, [1, C, n, h, w]
    at::Tensor channels = {}; ///< beside the noise (pictures.h)
    at::Tensor states = {};   ///< of the image encoder, [1, states, image_dim]
};

/// As WanPipeline.__call__ and WanImageToVideoPipeline.__call__ of diffusers 0.42. Objects that it is given
/// must live as long as it does.
class FullDenoising final : public FullSequence {
public:
    FullDenoising(
        const PipelineConfig& config,
        const std::vector<const Transformer*>& transformers, ///< one, or two for high and low noise
        const Pass& pass,
        const LatentShape& shape,
        const TextEmbeddings& text,
        PictureCondition pictures = {},
        const std::stop_token& stop = {}
    );

    /// Gives the device's memory back that transformers in main memory took there.
    ~FullDenoising() override;

    void change_conditioning(const Conditioning& conditioning, std::stop_token stop) override;

    at::Tensor x0_estimate() const override { return with_picture(FullSequence::x0_estimate()); }

    at::Tensor finish_block(int block, std::stop_token stop) override {
        return with_picture(FullSequence::finish_block(block, std::move(stop)));
    }

private:
    FullDenoising(
        const PipelineConfig& config,
        const FewStepRun& solver,
        const std::vector<const Transformer*>& transformers,
        const Pass& pass,
        const LatentShape& shape,
        const TextEmbeddings& text,
        PictureCondition pictures,
        const std::stop_token& stop
    );

    void read_text(const TextEmbeddings& text, const std::stop_token& stop);

    /// Latents of which the first frame is the picture's, where it is kept so.
    at::Tensor with_picture(const at::Tensor& latents) const;
    at::Tensor timesteps_of_frames(const at::Tensor& timestep) const;

    at::Tensor predict(
        const at::Tensor& latents,
        const Timestep& timestep,
        Sides sides,
        const std::stop_token& stop,
        const ShareDone& done
    ) const override;
    bool side_by_side() const override;

    const double boundary_; ///< timesteps below it are the second transformer's
    const std::vector<const Transformer*> transformers_;
    const FullAttention attention_;
    const PictureCondition pictures_;
    const bool guided_;
    at::Tensor noisy_frames_;       ///< [T]: 0 for the picture's latent frame, else 1; undefined without one
    std::vector<TextContext> text_; ///< one for each transformer
};

// Note [another prompt on the way]
// Keys and values of past frames were made under the prompt of their time, and a model that looks back on
// them goes on showing it. So they are made again from the clean latents of the frames that the cache holds,
// sink and window, under the new prompt: the KV re-cache of LongLive (interactive_causal_inference.py). There
// it is one pass over the window with a mask; here block by block as when they were made, each frame at its
// own position, the sink too. Note [what a causal clip begins with] Latents of a picture, or of the last
// frames of a clip, go through the transformer once, at the timestep of clean blocks, to fill the cache: as
// initial_latent of Self-Forcing. They are the first latents of the clip and come out with its first block.
/// As CausalInferencePipeline of Self-Forcing (reference part B.2); "euler" and "relative" are ours.
class CausalDenoising final : public Denoising {
public:
    CausalDenoising(
        const CausalConfig& config,
        int num_train_timesteps,
        const Transformer& transformer,
        const Pass& pass,
        const LatentShape& shape,
        const TextEmbeddings& text,
        at::Tensor first = {}, ///< clean latents that the clip begins with, fewer than it has
        const std::stop_token& stop = {}
    );

    ~CausalDenoising() override { transformer_.let_go(); }

    int blocks() const override;

    int steps() const override { return static_cast<int>(sigmas_.size()) - 1; }

    int latent_frames(int block) const override;

    void begin_block(int block) override;
    void change_conditioning(const Conditioning& conditioning, std::stop_token stop) override;
    void change_prompt(const TextEmbeddings& text, const std::stop_token& stop);
    void step(int block, int step, std::stop_token stop, const ShareDone& done) override;

    at::Tensor x0_estimate() const override { return with_first(x0_); }

    at::Tensor finish_block(int block, std::stop_token stop) override;
    void take_block(const at::Tensor& latents) override;

private:
    std::int64_t first_frame(int block) const; ///< latent frame of the clip that the block makes first
    std::int64_t made_frames(int block) const; ///< latent frames that the block makes
    at::Tensor with_first(const at::Tensor& latents) const;
    void remember_first(const std::stop_token& stop);
    void fill_cache(const at::Tensor& latents, const std::stop_token& stop);
    at::Tensor velocity(const TimeContext& time, const std::stop_token& stop, const ShareDone& done);

    const CausalConfig& config_;
    const Transformer& transformer_;
    const LatentShape shape_;
    const at::Tensor first_;
    const std::int64_t given_; ///< frames of first_
    int block_ = 0;            ///< at hand
    const double guidance_scale_;
    at::Generator noise_;
    std::vector<double> sigmas_;     ///< of the pass, with 0 at the end
    std::vector<TimeContext> times_; ///< of each step
    TimeContext context_time_;       ///< of the pass that fills the cache
    TextContext text_;
    KvCache cache_;
    FrameHistory history_; ///< what the cache was filled with
    LaunchPace pace_;
    at::Tensor block_noise_; ///< [1 or steps, ...]: of the block's begin and of each step after it
    at::Tensor latents_;
    at::Tensor x0_;
};

} // namespace rushes::wan
