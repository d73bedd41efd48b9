#include "models/wan/denoising.h"

#include "base/error.h"

#include <algorithm>

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>

namespace rushes::wan {

namespace {

/// Up to this many tokens the prompt and the negative prompt go through the transformer side by side:
/// products with twice the rows waste less. Beyond, they would only take twice the memory.
constexpr std::int64_t most_tokens_side_by_side = 2048;

/// Noise is drawn on the CPU whatever the device: the same seed gives the same clip everywhere.
at::Tensor
draw(const LatentShape& shape, std::int64_t frames, at::Generator& generator, const at::Device& device) {
    return at::randn({1, shape.channels, frames, shape.height, shape.width}, generator, at::kFloat)
        .to(device);
}

/// Classifier-free guidance in the model's type, rounded as the reference does. `sides`: the velocity for the
/// prompt and, in a guided pass, for the negative prompt.
at::Tensor guided(const at::Tensor& sides, double scale) {
    if (sides.size(0) == 1) {
        return sides;
    }
    const at::Tensor prompt = sides.narrow(0, 0, 1);
    const at::Tensor negative = sides.narrow(0, 1, 1);
    return negative + (prompt - negative) * scale;
}

/// What the transformer attends to: the prompt, and the negative prompt where the pass is guided.
TextContext text_context(
    const Transformer& transformer, const TextEmbeddings& text, double scale, const std::stop_token& stop
) {
    if (scale <= 1) {
        return transformer.text_context(text.prompt, stop);
    }
    const std::int64_t tokens = std::max(text.prompt.size(1), text.negative.size(1));
    const auto padded = [&](const at::Tensor& side) {
        return at::constant_pad_nd(side, {0, 0, 0, tokens - side.size(1)});
    };
    return transformer.text_context(at::cat({padded(text.prompt), padded(text.negative)}), stop);
}

} // namespace

FullDenoising::FullDenoising(
    const PipelineConfig& config,
    const std::vector<const Transformer*>& transformers,
    const Pass& pass,
    LatentShape shape,
    const TextEmbeddings& text,
    const std::stop_token& stop
)
    : config_(config),
      transformers_(transformers),
      shape_(shape),
      guidance_scale_(pass.guidance_scale),
      noise_(at::make_generator<at::CPUGeneratorImpl>(pass.seed)),
      scheduler_(make_scheduler(scheduler_by_name(config.scheduler, pass.scheduler), pass.steps, noise_)),
      attention_(transformers.front()->full_attention({shape.frames, shape.height, shape.width})) {
    for (const Transformer* transformer : transformers_) {
        text_.push_back(text_context(*transformer, text, guidance_scale_, stop));
    }
}

void FullDenoising::begin_block(int /*block*/) {
    latents_ = draw(shape_, shape_.frames, noise_, transformers_.front()->options().device());
}

at::Tensor FullDenoising::velocity(float timestep, const std::stop_token& stop, const ShareDone& done) {
    const double boundary = config_.boundary_ratio * config_.scheduler.num_train_timesteps;
    const std::size_t index = transformers_.size() > 1 && timestep < boundary ? 1 : 0;
    const TimeContext time = transformers_[index]->time_context(at::full({1}, timestep, at::kFloat));
    const auto run = [&](const TextContext& text, const ShareDone& run_done) {
        return transformers_[index]->forward(latents_, time, text, attention_, stop, run_done);
    };
    const TextContext& text = text_[index];
    if (text.sides() == 1 || attention_.tokens() <= most_tokens_side_by_side) {
        return guided(run(text, done), guidance_scale_);
    }
    const auto half = [&](std::int64_t side) {
        return run(text.side(side), [&](double share) {
            if (done) {
                done((static_cast<double>(side) + share) / 2);
            }
        });
    };
    const at::Tensor prompt = half(0);
    return guided(at::cat({prompt, half(1)}), guidance_scale_);
}

void FullDenoising::step(int /*block*/, int step, std::stop_token stop, const ShareDone& done) {
    const at::Tensor model_output =
        velocity(scheduler_->timesteps().at(static_cast<std::size_t>(step)), stop, done);
    auto [prev_sample, x0] = scheduler_->step(model_output, latents_);
    latents_ = prev_sample.to(at::kFloat);
    x0_ = x0.to(at::kFloat);
}

at::Tensor FullDenoising::finish_block(int /*block*/, std::stop_token /*stop*/) {
    return latents_;
}

CausalDenoising::CausalDenoising(
    const CausalConfig& config,
    int num_train_timesteps,
    const Transformer& transformer,
    const Pass& pass,
    LatentShape shape,
    const TextEmbeddings& text,
    const std::stop_token& stop
)
    : config_(config),
      num_train_timesteps_(num_train_timesteps),
      transformer_(transformer),
      shape_(shape),
      guidance_scale_(pass.guidance_scale),
      noise_(at::make_generator<at::CPUGeneratorImpl>(pass.seed)),
      sigmas_(config.sigmas_of(pass.steps)),
      context_time_(time_context(config.context_noise)),
      text_(text_context(transformer, text, pass.guidance_scale, stop)),
      cache_(
          text_.sides(),
          config,
          transformer.config(),
          {shape.height / transformer.config().patch_height, shape.width / transformer.config().patch_width},
          transformer.rotary(),
          transformer.options()
      ) {
    for (int step = 0; step < steps(); ++step) {
        times_.push_back(time_context(sigmas_[static_cast<std::size_t>(step)]));
    }
}

int CausalDenoising::blocks() const {
    return static_cast<int>((shape_.frames + config_.frames_per_block - 1) / config_.frames_per_block);
}

int CausalDenoising::latent_frames(int block) const {
    return static_cast<int>(
        std::min(config_.frames_per_block, shape_.frames - block * config_.frames_per_block)
    );
}

at::Tensor CausalDenoising::fresh_noise(int block) {
    return draw(shape_, latent_frames(block), noise_, transformer_.options().device());
}

TimeContext CausalDenoising::time_context(double sigma) const {
    return transformer_.time_context(at::full({1}, sigma * num_train_timesteps_, at::kFloat));
}

void CausalDenoising::begin_block(int block) {
    latents_ = fresh_noise(block);
    cache_.begin_block(latent_frames(block));
}

at::Tensor
CausalDenoising::velocity(const TimeContext& time, const std::stop_token& stop, const ShareDone& done) {
    const at::Tensor sides = transformer_.forward(latents_, time, text_, cache_, stop, done);
    return guided(sides, guidance_scale_).to(at::kFloat);
}

void CausalDenoising::step(int block, int step, std::stop_token stop, const ShareDone& done) {
    const double sigma = sigmas_.at(static_cast<std::size_t>(step));
    const double next = sigmas_.at(static_cast<std::size_t>(step) + 1);
    const at::Tensor v = velocity(times_.at(static_cast<std::size_t>(step)), stop, done);
    x0_ = latents_ - v * sigma;
    if (config_.solver == CausalConfig::Solver::euler) {
        latents_ = latents_ + v * (next - sigma);
    } else {
        latents_ = next > 0 ? x0_ * (1 - next) + fresh_noise(block) * next : x0_;
    }
}

at::Tensor CausalDenoising::finish_block(int block, std::stop_token stop) {
    if (block + 1 < blocks()) { // nobody looks back at the last one
        transformer_.remember(latents_, context_time_, text_, cache_, stop);
        cache_.finish_block();
    }
    return latents_;
}

} // namespace rushes::wan
