#include "schedulers/lcm.h"

#include "base/error.h"
#include "schedulers/sigma_spacing.h"

#include <cmath>

#include <ATen/ATen.h>

namespace rushes {

namespace {

/// Evenly chosen from the grid of `original_steps` that the student was distilled on, from its end.
std::vector<double> chosen_timesteps(const SchedulerConfig& config, int steps) {
    if (steps > config.original_steps) {
        throw Error(
            ErrorKind::user,
            "The number of steps is " + std::to_string(steps) + ", and lcm takes at most " +
                std::to_string(config.original_steps) + "."
        );
    }
    const int stride = config.num_train_timesteps / config.original_steps;
    std::vector<double> result;
    for (int i = 0; i < steps; ++i) {
        const double share = i * (static_cast<double>(config.original_steps) / steps);
        result.push_back((config.original_steps - std::floor(share)) * stride - 1);
    }
    return result;
}

} // namespace

Lcm::Lcm(const SchedulerConfig& config, const StepRequest& request, at::Generator noise)
    : config_(config), grid_(config, ZeroAlpha::kept), noise_(std::move(noise)) {
    const std::vector<double> times =
        request.timesteps.empty() ? chosen_timesteps(config, request.steps) : request.timesteps;
    for (const double t : times) {
        timesteps_.push_back(static_cast<float>(std::trunc(t)));
        sigmas_.push_back(static_cast<float>(grid_.sigma(timesteps_.back())));
    }
    sigmas_.push_back(0.0F);
}

at::Tensor Lcm::add_noise(const at::Tensor& clean, const at::Tensor& noise, std::size_t step) const {
    const NoiseLevel level = grid_.level(static_cast<int>(timesteps_.at(step)));
    return clean * level.alpha + noise * level.sigma;
}

SchedulerStep Lcm::step(const at::Tensor& model_output, const at::Tensor& sample) {
    const auto timestep = static_cast<int>(timesteps_.at(index_));
    ++index_;
    constexpr double sigma_data = 0.5;
    const double scaled = timestep * config_.timestep_scaling;
    const double square = scaled * scaled + sigma_data * sigma_data;
    at::Tensor x0 = predicted_x0(config_.prediction, model_output, sample, grid_.level(timestep));
    if (config_.clip_range) {
        x0 = x0.clamp(-*config_.clip_range, *config_.clip_range);
    }
    SchedulerStep result;
    result.x0 = x0 * (scaled / std::sqrt(square)) + sample * (sigma_data * sigma_data / square);
    result.prev_sample = result.x0;
    if (index_ < timesteps_.size()) {
        const at::Tensor fresh =
            at::randn(sample.sizes(), noise_, at::kFloat).to(sample.device(), sample.scalar_type());
        result.prev_sample = add_noise(result.x0, fresh, index_);
    }
    return result;
}

} // namespace rushes
