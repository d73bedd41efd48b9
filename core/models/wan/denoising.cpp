#include "models/wan/denoising.h"

#include "base/error.h"

#include <algorithm>

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>

namespace rushes::wan {

namespace {

/// Noise is drawn on the CPU whatever the device: the same seed gives the same clip everywhere.
at::Tensor
draw(const LatentShape& shape, std::int64_t frames, at::Generator& generator, const at::Device& device) {
    return at::randn({1, shape.channels, frames, shape.height, shape.width}, generator, at::kFloat)
        .to(device);
}

/// Classifier-free guidance in the model's type, rounded as the reference does.
at::Tensor guided(const at::Tensor& prompt, const at::Tensor& negative, double scale) {
    return negative + (prompt - negative) * scale;
}

/// As many of the listed sigmas as the pass has steps, spread evenly.
std::vector<double> sigmas_of(const CausalConfig& config, const Pass& pass) {
    const std::size_t listed = config.sigmas.size();
    const auto steps = static_cast<std::size_t>(std::max(pass.steps, 0));
    if (steps < 1 || steps > listed) {
        throw Error(
            ErrorKind::user,
            "The number of steps is " + std::to_string(pass.steps) + ", and this model has " +
                std::to_string(listed) + "."
        );
    }
    std::vector<double> sigmas;
    for (std::size_t i = 0; i < steps; ++i) {
        sigmas.push_back(config.sigmas[i * listed / steps]);
    }
    sigmas.push_back(0);
    return sigmas;
}

} // namespace

TextSides text_sides(
    const Transformer& transformer, const TextEmbeddings& text, bool is_guided, const std::stop_token& stop
) {
    TextSides sides{transformer.text_context(text.prompt, stop), {}};
    if (is_guided) {
        sides.negative = transformer.text_context(text.negative, stop);
    }
    return sides;
}

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
        text_.push_back(text_sides(*transformer, text, guidance_scale_ > 1, stop));
    }
}

void FullDenoising::begin_block(int /*block*/) {
    latents_ = draw(shape_, shape_.frames, noise_, transformers_.front()->options().device());
}

at::Tensor FullDenoising::velocity(float timestep, const std::stop_token& stop) {
    const double boundary = config_.boundary_ratio * config_.scheduler.num_train_timesteps;
    const std::size_t index = transformers_.size() > 1 && timestep < boundary ? 1 : 0;
    const TimeContext time = transformers_[index]->time_context(at::full({1}, timestep, at::kFloat));
    const auto run = [&](const TextContext& text) {
        return transformers_[index]->forward(latents_, time, text, attention_, stop);
    };
    const at::Tensor prompt = run(text_[index].prompt);
    return text_[index].negative ? guided(prompt, run(*text_[index].negative), guidance_scale_) : prompt;
}

void FullDenoising::step(int /*block*/, int step, std::stop_token stop) {
    const at::Tensor model_output =
        velocity(scheduler_->timesteps().at(static_cast<std::size_t>(step)), stop);
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
      sigmas_(sigmas_of(config, pass)),
      context_time_(time_context(config.context_noise)),
      text_(text_sides(transformer, text, pass.guidance_scale > 1, stop)) {
    for (int step = 0; step < steps(); ++step) {
        times_.push_back(time_context(sigmas_[static_cast<std::size_t>(step)]));
    }
    const TransformerConfig& c = transformer.config();
    const TokenGrid grid{shape.height / c.patch_height, shape.width / c.patch_width};
    for (int side = 0; side < (text_.negative ? 2 : 1); ++side) {
        caches_.emplace_back(config, c, grid, transformer.rotary(), transformer.options());
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
    for (KvCache& cache : caches_) {
        cache.begin_block(latent_frames(block));
    }
}

at::Tensor CausalDenoising::velocity(const TimeContext& time, const std::stop_token& stop) {
    const at::Tensor prompt = transformer_.forward(latents_, time, text_.prompt, caches_[0], stop);
    if (!text_.negative) {
        return prompt.to(at::kFloat);
    }
    const at::Tensor negative = transformer_.forward(latents_, time, *text_.negative, caches_[1], stop);
    return guided(prompt, negative, guidance_scale_).to(at::kFloat);
}

void CausalDenoising::step(int block, int step, std::stop_token stop) {
    const double sigma = sigmas_.at(static_cast<std::size_t>(step));
    const double next = sigmas_.at(static_cast<std::size_t>(step) + 1);
    const at::Tensor v = velocity(times_.at(static_cast<std::size_t>(step)), stop);
    x0_ = latents_ - v * sigma;
    if (config_.solver == CausalConfig::Solver::euler) {
        latents_ = latents_ + v * (next - sigma);
    } else {
        latents_ = next > 0 ? x0_ * (1 - next) + fresh_noise(block) * next : x0_;
    }
}

at::Tensor CausalDenoising::finish_block(int block, std::stop_token stop) {
    if (block + 1 < blocks()) { // nobody looks back at the last one
        transformer_.remember(latents_, context_time_, text_.prompt, caches_[0], stop);
        if (text_.negative) {
            transformer_.remember(latents_, context_time_, *text_.negative, caches_[1], stop);
        }
        for (KvCache& cache : caches_) {
            cache.finish_block();
        }
    }
    return latents_;
}

} // namespace rushes::wan
