#include "models/ltx/denoising.h"

#include "models/ltx/positions.h"
#include "nn/transfer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>

namespace rushes::ltx {

namespace {

/// As of Wan: beyond, two prompts at once would only take twice the memory.
constexpr std::int64_t most_tokens_side_by_side = 2048;

constexpr double given_noise_scale = 0.15; ///< image_cond_noise_scale of LTXConditionPipeline

/// Of the whole clip, token by token as the reference has it, and as latents: [1, C, T, h, w].
at::Tensor draw_token_noise(at::IntArrayRef latents, at::Generator& generator) {
    const std::int64_t tokens = latents[2] * latents[3] * latents[4];
    return at::randn({1, tokens, latents[1]}, generator, at::kFloat).transpose(1, 2).reshape(latents);
}

constexpr std::array recommended{1000.0, 993.0, 987.0, 981.0, 975.0, 909.0, 725.0, 0.03};

} // namespace

std::vector<double> distilled_timesteps(int steps) {
    const int count = std::clamp(steps, 1, static_cast<int>(recommended.size()));
    std::vector<double> result;
    for (int i = 0; i < count; ++i) {
        const double place = static_cast<double>(i) * static_cast<double>(recommended.size()) / count;
        result.push_back(recommended.at(static_cast<std::size_t>(std::floor(place))));
    }
    return result;
}

SchedulerConfig solver_of(const PipelineConfig& config, const Pass& pass) {
    return pass.scheduler == distilled_scheduler ? config.scheduler
                                                 : scheduler_by_name(config.scheduler, pass.scheduler);
}

StepRequest steps_of(const PipelineConfig& config, const Pass& pass, const LatentShape& shape) {
    StepRequest request{.steps = pass.steps, .tokens = shape.frames * shape.height * shape.width};
    if (pass.scheduler == distilled_scheduler) {
        request.timesteps = distilled_timesteps(pass.steps);
        request.shifted = true;
    } else if (config.kind == PipelineKind::condition) {
        request.sigmas = linear_quadratic_sigmas(pass.steps);
        request.shifted = true;
    } else {
        request.sigmas = even_sigmas(pass.steps);
    }
    return request;
}

at::Generator noise_behind(
    const PipelineConfig& config, const Pass& pass, const LatentShape& shape, std::int64_t given_frames
) {
    at::Generator generator = at::make_generator<at::CPUGeneratorImpl>(pass.seed);
    draw_noise(shape, shape.frames, generator);
    if (given_frames > 0) {
        draw_noise(shape, given_frames, generator);
        const auto solver = make_scheduler(solver_of(config, pass), steps_of(config, pass, shape), generator);
        const bool each_step = config.kind == PipelineKind::condition;
        for (std::size_t step = 0; each_step && step < solver->timesteps().size(); ++step) {
            draw_noise(shape, shape.frames, generator);
        }
    }
    return generator;
}

LtxDenoising::LtxDenoising(
    const PipelineConfig& config,
    const Transformer& transformer,
    const Pass& pass,
    const LatentShape& shape,
    const TextEmbeddings& text,
    GivenLatents given,
    const std::stop_token& stop
)
    : FullSequence(
          shape, pass, solver_of(config, pass), steps_of(config, pass, shape), transformer.options().device()
      ),
      kind_(config.kind),
      transformer_(transformer),
      positions_(rotary_table(
          config,
          shape,
          pass.frame_rate,
          transformer.options().dtype(compute_type(transformer.options().dtype().toScalarType()))
      )),
      text_(transformer.text_context(text, pass.guided(), stop)),
      given_(std::move(given)) {
    if (has_given()) {
        noisy_frames_ = at::ones({shape.frames}, at::TensorOptions(transformer.options().device()));
        noisy_frames_.narrow(0, 0, given_.mean.size(2)).zero_();
    }
}

at::Tensor LtxDenoising::noise(const LatentShape& shape, at::Generator& generator) const {
    if (!has_given()) {
        return FullSequence::noise(shape, generator);
    }
    const auto drawn = [&] {
        return given_.mean + given_.std * at::randn(given_.mean.sizes(), generator, at::kFloat);
    };
    at::Tensor first = kind_ == PipelineKind::first ? drawn() : at::Tensor();
    const at::Tensor rest = FullSequence::noise(shape, generator);
    if (!first.defined()) {
        first = drawn();
    }
    const std::int64_t given = first.size(2);
    return at::cat({first, rest.narrow(2, given, rest.size(2) - given)}, 2);
}

void LtxDenoising::begin_block(int block) {
    FullSequence::begin_block(block);
    if (has_given()) {
        clean_ = latents().narrow(2, 0, given_.mean.size(2)).clone();
    }
}

at::Tensor LtxDenoising::begun(const at::Tensor& latents, float timestep, at::Generator& noise) const {
    if (!has_given() || kind_ == PipelineKind::first) {
        return latents;
    }
    const std::int64_t given = clean_.size(2);
    const double level = timestep / 1000;
    const at::Tensor fresh = draw_token_noise(latents.sizes(), noise).narrow(2, 0, given).contiguous();
    const at::Tensor shown = clean_ + sent_to(fresh, latents.device()) * (given_noise_scale * level * level);
    return at::cat({shown, latents.narrow(2, given, latents.size(2) - given)}, 2);
}

at::Tensor LtxDenoising::kept(const at::Tensor& latents, const at::Tensor& from) const {
    if (!has_given()) {
        return latents;
    }
    const std::int64_t given = clean_.size(2);
    return at::cat({from.narrow(2, 0, given), latents.narrow(2, given, latents.size(2) - given)}, 2);
}

bool LtxDenoising::side_by_side() const {
    return positions_.tokens() <= most_tokens_side_by_side;
}

/// Guidance is mixed in fp32.
at::Tensor LtxDenoising::predict(
    const at::Tensor& latents,
    const Timestep& timestep,
    Sides sides,
    const std::stop_token& stop,
    const ShareDone& done
) const {
    const TimeContext time =
        transformer_.time_context(has_given() ? noisy_frames_ * timestep.on_device : timestep.on_device);
    const TextContext text = sides == Sides::all ? text_ : text_.side(sides == Sides::negative ? 1 : 0);
    return transformer_.forward(latents, time, text, positions_, stop, done).to(at::kFloat);
}

} // namespace rushes::ltx
