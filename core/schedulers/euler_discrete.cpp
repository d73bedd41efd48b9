#include "schedulers/euler_discrete.h"

#include <cmath>

#include <ATen/ATen.h>

namespace rushes {

EulerDiscrete::EulerDiscrete(const SchedulerConfig& config, const StepRequest& request) : config_(config) {
    const DiffusionGrid grid(config, ZeroAlpha::avoided);
    std::vector<double> times = request.timesteps;
    if (times.empty()) {
        times = grid.timesteps(request.steps, /*whole=*/false);
    }
    std::vector<double> sigmas;
    for (const double t : times) {
        sigmas.push_back(grid.sigma(t));
    }
    if (config.sigmas != SchedulerConfig::Sigmas::plain) {
        sigmas = respaced(sigmas, config.sigmas);
        times.clear();
        for (const double sigma : sigmas) {
            times.push_back(grid.timestep(sigma));
        }
    }
    sigmas_.assign(sigmas.begin(), sigmas.end());
    timesteps_.assign(times.begin(), times.end());
    sigmas_.push_back(config.final_sigma_zero ? 0.0F : static_cast<float>(grid.sigma(0)));
    // With the other spacings the first step is close enough to noise alone.
    const float first = sigmas_.front();
    const bool exact = config.spacing == SchedulerConfig::Spacing::leading;
    init_noise_sigma_ = exact ? std::sqrt(first * first + 1.0F) : first;
}

at::Tensor EulerDiscrete::scale_model_input(const at::Tensor& sample) const {
    return sample * level_of(sigmas_.at(index_)).alpha;
}

at::Tensor
EulerDiscrete::add_noise(const at::Tensor& clean, const at::Tensor& noise, std::size_t step) const {
    return clean + noise * sigmas_.at(step);
}

SchedulerStep EulerDiscrete::step(const at::Tensor& model_output, const at::Tensor& sample) {
    const double sigma = sigmas_.at(index_);
    const double change = sigmas_.at(index_ + 1) - sigma;
    ++index_;
    const NoiseLevel level = level_of(sigma);
    const at::Tensor x = sample * level.alpha;
    SchedulerStep result;
    result.x0 = predicted_x0(config_.prediction, model_output, x, level);
    result.prev_sample = sample + predicted_noise(config_.prediction, model_output, x, level) * change;
    // The reference hands back the model's type: with bf16 the sample is rounded at every step.
    result.prev_sample = result.prev_sample.to(model_output.scalar_type());
    return result;
}

} // namespace rushes
