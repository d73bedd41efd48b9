// The two ways to denoise with a Wan transformer: the whole clip at once, and block by block through a KV
// cache.
#pragma once

#include "models/pipeline.h"
#include "models/wan/config.h"
#include "models/wan/kv_cache.h"
#include "models/wan/transformer.h"
#include "schedulers/scheduler.h"

#include <cstdint>
#include <memory>
#include <vector>

#include <ATen/core/Generator.h>

namespace rushes::wan {

/// Embeddings of one prompt pair as the transformer takes them: [1, tokens, text_dim]. `negative` is
/// undefined where no pass is guided.
struct TextEmbeddings {
    at::Tensor prompt;
    at::Tensor negative;
};

/// Shape of a pass's latents: [1, channels, frames, height, width].
struct LatentShape {
    std::int64_t channels = 0;
    std::int64_t frames = 0;
    std::int64_t height = 0;
    std::int64_t width = 0;
};

/// As WanPipeline.__call__ of diffusers 0.42. Objects that it is given must live as long as it does.
class FullDenoising final : public Denoising {
public:
    FullDenoising(
        const PipelineConfig& config,
        const std::vector<const Transformer*>& transformers, ///< one, or two for high and low noise
        const Pass& pass,
        LatentShape shape,
        const TextEmbeddings& text,
        const std::stop_token& stop = {}
    );

    int blocks() const override { return 1; }

    int steps() const override { return static_cast<int>(scheduler_->timesteps().size()); }

    int latent_frames(int /*block*/) const override { return static_cast<int>(shape_.frames); }

    void begin_block(int block) override;
    void step(int block, int step, std::stop_token stop, const ShareDone& done) override;

    at::Tensor x0_estimate() const override { return x0_; }

    at::Tensor finish_block(int block, std::stop_token stop) override;

private:
    at::Tensor velocity(float timestep, const std::stop_token& stop, const ShareDone& done);

    const PipelineConfig& config_;
    const std::vector<const Transformer*> transformers_;
    const LatentShape shape_;
    const double guidance_scale_;
    at::Generator noise_;
    std::unique_ptr<Scheduler> scheduler_;
    FullAttention attention_;
    std::vector<TextContext> text_; ///< one for each transformer
    at::Tensor latents_;
    at::Tensor x0_;
};

/// As CausalInferencePipeline of Self-Forcing (reference part B.2); "euler" and "relative" are ours.
class CausalDenoising final : public Denoising {
public:
    CausalDenoising(
        const CausalConfig& config,
        int num_train_timesteps,
        const Transformer& transformer,
        const Pass& pass,
        LatentShape shape,
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
    at::Tensor fresh_noise(int block);
    TimeContext time_context(double sigma) const;

    const CausalConfig& config_;
    const int num_train_timesteps_;
    const Transformer& transformer_;
    const LatentShape shape_;
    const double guidance_scale_;
    at::Generator noise_;
    std::vector<double> sigmas_;     ///< of the pass, with 0 at the end
    std::vector<TimeContext> times_; ///< of each step
    TimeContext context_time_;       ///< of the pass that fills the cache
    TextContext text_;
    KvCache cache_;
    at::Tensor latents_;
    at::Tensor x0_;
};

} // namespace rushes::wan
