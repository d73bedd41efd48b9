#include "schedulers/ddim.h"

#include <cmath>

#include <ATen/ATen.h>

namespace rushes {

// Note [where a step of DDIM ends]
// A stride below its own timestep, as in the reference; for the spacings linspace and trailing that is not
// always where the next step begins.
Ddim::Ddim(const SchedulerConfig& config, int steps)
    : config_(config), grid_(config, ZeroAlpha::kept), stride_(config.num_train_timesteps / steps) {
    for (const double t : grid_.timesteps(steps)) {
        timesteps_.push_back(static_cast<float>(t));
        sigmas_.push_back(static_cast<float>(grid_.sigma(t)));
    }
    const NoiseLevel last = next_level(timesteps_.size() - 1);
    sigmas_.push_back(static_cast<float>(last.sigma / last.alpha));
}

NoiseLevel Ddim::next_level(std::size_t index) const {
    const int next = static_cast<int>(timesteps_.at(index)) - stride_;
    if (next >= 0) {
        return grid_.level(next);
    }
    return config_.final_alpha_one ? NoiseLevel{} : grid_.level(0);
}

at::Tensor Ddim::add_noise(const at::Tensor& clean, const at::Tensor& noise, std::size_t step) const {
    const NoiseLevel level = grid_.level(static_cast<int>(timesteps_.at(step)));
    return clean * level.alpha + noise * level.sigma;
}

SchedulerStep Ddim::step(const at::Tensor& model_output, const at::Tensor& sample) {
    const NoiseLevel level = grid_.level(static_cast<int>(timesteps_.at(index_)));
    const NoiseLevel next = next_level(index_);
    ++index_;
    SchedulerStep result;
    result.x0 = predicted_x0(config_.prediction, model_output, sample, level);
    const at::Tensor noise = predicted_noise(config_.prediction, model_output, sample, level);
    if (config_.clip_range) {
        result.x0 = result.x0.clamp(-*config_.clip_range, *config_.clip_range);
    }
    result.prev_sample = result.x0 * next.alpha + noise * next.sigma;
    return result;
}

} // namespace rushes
