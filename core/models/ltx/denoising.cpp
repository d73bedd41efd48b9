#include "models/ltx/denoising.h"

#include "models/ltx/positions.h"
#include "nn/transfer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <utility>

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>

namespace rushes::ltx {

namespace {

/// As of Wan: beyond, two prompts at once would only take twice the memory.
constexpr std::int64_t most_tokens_side_by_side = 2048;

constexpr double given_noise_scale = 0.15; ///< image_cond_noise_scale of LTXConditionPipeline

/// The list that makers give for the second pass of a distilled checkpoint ends with a step from no noise to
/// none.
bool ends_idly(const Pass& pass) {
    return pass.kind == PassKind::refine && pass.scheduler == distilled_scheduler;
}

LatentShape with_more(LatentShape shape, std::int64_t frames) {
    shape.frames += frames;
    return shape;
}

/// Of the whole clip, token by token as the reference has it, and as latents: [1, C, T, h, w].
at::Tensor draw_token_noise(at::IntArrayRef latents, at::Generator& generator) {
    const std::int64_t tokens = latents[2] * latents[3] * latents[4];
    return at::randn({1, tokens, latents[1]}, generator, at::kFloat).transpose(1, 2).reshape(latents);
}

/// The noise that the pass begins with.
double first_sigma(const StepRequest& request) {
    return !request.sigmas.empty()      ? request.sigmas.front()
           : !request.timesteps.empty() ? request.timesteps.front() / 1000
                                        : 1;
}

/// The last steps of a longer way.
std::vector<double> end_of(std::vector<double> way, int steps) {
    const auto kept = std::min(std::ssize(way), static_cast<std::ptrdiff_t>(steps));
    way.erase(way.begin(), way.end() - kept);
    return way;
}

constexpr std::array recommended{1000.0, 993.0, 987.0, 981.0, 975.0, 909.0, 725.0, 0.03};

} // namespace

std::vector<std::int64_t> GivenLatents::later_places() const {
    std::vector<std::int64_t> places;
    std::ranges::transform(later, std::back_inserter(places), &Later::frame);
    return places;
}

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
    const bool refines = pass.kind == PassKind::refine;
    if (pass.scheduler == distilled_scheduler) {
        request.timesteps = refines
                                ? std::vector<double>(refining_timesteps.begin(), refining_timesteps.end())
                                : distilled_timesteps(pass.steps);
        request.shifted = true;
    } else if (refines) {
        // Of a way of which these are two fifths.
        request.sigmas = end_of(linear_quadratic_sigmas(pass.steps * 5 / 2), pass.steps);
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
    const PipelineConfig& config, const Pass& pass, const LatentShape& shape, const GivenLatents& given
) {
    at::Generator generator = at::make_generator<at::CPUGeneratorImpl>(pass.seed);
    draw_noise(shape, shape.frames, generator);
    const std::int64_t first = given.first_frames();
    const std::int64_t later = given.later_frames();
    if (first + later > 0) {
        if (first > 0) {
            draw_noise(shape, first, generator);
        }
        for (std::int64_t i = 0; i < later; ++i) {
            draw_noise(shape, 1, generator);
            draw_noise(shape, 1, generator);
        }
        const auto solver = make_scheduler(solver_of(config, pass), steps_of(config, pass, shape), generator);
        const bool each_step = config.kind == PipelineKind::condition;
        const std::size_t steps = solver->timesteps().size() + (ends_idly(pass) ? 1 : 0);
        for (std::size_t step = 0; each_step && step < steps; ++step) {
            draw_noise(shape, later + shape.frames, generator);
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
    const std::stop_token& stop,
    at::Tensor clean
)
    : FullSequence(
          with_more(shape, given.later_frames()),
          pass,
          solver_of(config, pass),
          steps_of(config, pass, shape),
          transformer.options().device()
      ),
      kind_(config.kind),
      transformer_(transformer),
      given_(std::move(given)),
      frames_(shape.frames),
      positions_(rotary_table(
          config,
          shape,
          pass.frame_rate,
          transformer.options().dtype(compute_type(transformer.options().dtype().toScalarType())),
          given_.later_places()
      )),
      text_(transformer.text_context(text, pass.guided(), stop)),
      guided_(pass.guided()),
      start_(std::move(clean)),
      start_sigma_(first_sigma(steps_of(config, pass, shape))),
      ends_idly_(ends_idly(pass)) {
    if (const std::int64_t given_ones = given_frames(); given_ones > 0) {
        const at::TensorOptions on_device(transformer.options().device());
        noisy_frames_ = at::ones({given_.later_frames() + frames_}, on_device);
        noisy_frames_.narrow(0, 0, given_ones).zero_();
    }
}

at::Tensor LtxDenoising::noise(const LatentShape& all, at::Generator& generator) const {
    const LatentShape shape = with_more(all, -given_.later_frames());
    const auto begun = [&] {
        const at::Tensor noise = FullSequence::noise(shape, generator);
        return start_.defined() ? noise * start_sigma_ + start_ * (1 - start_sigma_) : noise;
    };
    if (given_frames() == 0) {
        return begun();
    }
    const auto drawn = [&](const Moments& from) {
        return from.mean + from.std * at::randn(from.mean.sizes(), generator, at::kFloat);
    };
    const std::int64_t first_frames = given_.first_frames();
    at::Tensor first = kind_ == PipelineKind::first ? drawn(given_.first) : at::Tensor();
    const at::Tensor rest = begun();
    if (first_frames > 0 && !first.defined()) {
        first = drawn(given_.first);
    }
    std::vector<at::Tensor> frames;
    for (const GivenLatents::Later& later : given_.later) {
        frames.push_back(drawn(later.latents));
        draw_noise(shape, 1, generator); // for less of the picture than all of it
    }
    if (first.defined()) {
        frames.push_back(first);
    }
    frames.push_back(rest.narrow(2, first_frames, rest.size(2) - first_frames));
    return at::cat(frames, 2);
}

at::Tensor LtxDenoising::of_clip(const at::Tensor& latents) const {
    return latents.narrow(2, given_.later_frames(), frames_);
}

at::Tensor LtxDenoising::finish_block(int block, std::stop_token stop) {
    const at::Tensor latents = FullSequence::finish_block(block, std::move(stop));
    if (!ends_idly_ || given_frames() == 0) {
        return of_clip(latents);
    }
    // The idle step shows what was given without noise.
    const std::int64_t given = given_frames();
    return of_clip(at::cat({clean_, latents.narrow(2, given, latents.size(2) - given)}, 2));
}

void LtxDenoising::take_block(const at::Tensor& taken) {
    FullSequence::take_block(
        at::cat({latents().narrow(2, 0, given_.later_frames()), sent_to(taken, latents().device())}, 2)
    );
}

void LtxDenoising::change_conditioning(const Conditioning& conditioning, std::stop_token stop) {
    text_ = transformer_.text_context(std::any_cast<const Conditions&>(conditioning).text, guided_, stop);
}

void LtxDenoising::begin_block(int block) {
    FullSequence::begin_block(block);
    if (given_frames() > 0) {
        clean_ = latents().narrow(2, 0, given_frames()).clone();
    }
}

at::Tensor LtxDenoising::begun(const at::Tensor& latents, float timestep, at::Generator& noise) const {
    if (given_frames() == 0 || kind_ == PipelineKind::first) {
        return latents;
    }
    const std::int64_t given = clean_.size(2);
    const double level = timestep / 1000;
    const at::Tensor fresh = draw_token_noise(latents.sizes(), noise).narrow(2, 0, given).contiguous();
    const at::Tensor shown = clean_ + sent_to(fresh, latents.device()) * (given_noise_scale * level * level);
    return at::cat({shown, latents.narrow(2, given, latents.size(2) - given)}, 2);
}

at::Tensor LtxDenoising::kept(const at::Tensor& latents, const at::Tensor& from) const {
    if (given_frames() == 0) {
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
    const TimeContext time = transformer_.time_context(
        noisy_frames_.defined() ? noisy_frames_ * timestep.on_device : timestep.on_device
    );
    const TextContext text = sides == Sides::all ? text_ : text_.side(sides == Sides::negative ? 1 : 0);
    return transformer_.forward(latents, time, text, positions_, stop, done).to(at::kFloat);
}

} // namespace rushes::ltx
