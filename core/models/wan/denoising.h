// The two ways to denoise with a Wan transformer: the whole clip at once, and block by block through a KV
// cache.
#pragma once

#include "models/full_sequence.h"
#include "models/text_embeddings.h"
#include "models/wan/config.h"
#include "models/wan/kv_cache.h"
#include "models/wan/transformer.h"
#include "nn/launch_pace.h"

#include <cstdint>
#include <vector>

#include <ATen/core/Generator.h>

namespace rushes::wan {

using rushes::TextEmbeddings;

/// As WanPipeline.__call__ of diffusers 0.42. Objects that it is given must live as long as it does.
class FullDenoising final : public FullSequence {
public:
    FullDenoising(
        const PipelineConfig& config,
        const std::vector<const Transformer*>& transformers, ///< one, or two for high and low noise
        const Pass& pass,
        const LatentShape& shape,
        const TextEmbeddings& text,
        const std::stop_token& stop = {}
    );

private:
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
    std::vector<TextContext> text_; ///< one for each transformer
};

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
        const std::stop_token& stop = {}
    );

    int blocks() const override;

    int steps() const override { return static_cast<int>(sigmas_.size()) - 1; }

    int latent_frames(int block) const override;

    void begin_block(int block) override;
    void step(int block, int step, std::stop_token stop, const ShareDone& done) override;

    at::Tensor x0_estimate() const override { return x0_; }

    at::Tensor finish_block(int block, std::stop_token stop) override;

private:
    at::Tensor velocity(const TimeContext& time, const std::stop_token& stop, const ShareDone& done);

    const CausalConfig& config_;
    const Transformer& transformer_;
    const LatentShape shape_;
    const double guidance_scale_;
    at::Generator noise_;
    std::vector<double> sigmas_;     ///< of the pass, with 0 at the end
    std::vector<TimeContext> times_; ///< of each step
    TimeContext context_time_;       ///< of the pass that fills the cache
    TextContext text_;
    KvCache cache_;
    LaunchPace pace_;
    at::Tensor block_noise_; ///< [1 or steps, ...]: of the block's begin and of each step after it
    at::Tensor latents_;
    at::Tensor x0_;
};

} // namespace rushes::wan
