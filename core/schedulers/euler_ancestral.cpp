#include "schedulers/euler_ancestral.h"

#include "base/error.h"

#include <cmath>
#include <utility>

#include <ATen/ATen.h>

namespace rushes {

EulerAncestral::EulerAncestral(const SchedulerConfig& config, const StepRequest& request, at::Generator noise)
    : config_(config), noise_(std::move(noise)) {
    const DiffusionGrid grid(config, ZeroAlpha::avoided);
    for (const double t : grid.timesteps(request.steps, /*whole=*/false)) {
        timesteps_.push_back(static_cast<float>(t));
        sigmas_.push_back(static_cast<float>(grid.sigma(t)));
    }
    sigmas_.push_back(0);
    const float first = sigmas_.front();
    const bool exact = config.spacing == SchedulerConfig::Spacing::leading;
    init_noise_sigma_ = exact ? std::sqrt(first * first + 1.0F) : first;
}

at::Tensor EulerAncestral::scale_model_input(const at::Tensor& sample) const {
    return sample * level_of(sigmas_.at(index_)).alpha;
}

at::Tensor
EulerAncestral::add_noise(const at::Tensor& clean, const at::Tensor& noise, std::size_t step) const {
    return clean + noise * sigmas_.at(step);
}

SchedulerStep EulerAncestral::step(const at::Tensor& model_output, const at::Tensor& sample) {
    const double from = sigmas_.at(index_);
    const double to = sigmas_.at(index_ + 1);
    ++index_;
    const double up = std::sqrt(to * to * (from * from - to * to) / (from * from));
    const double down = std::sqrt(to * to - up * up);
    const NoiseLevel level = level_of(from);
    const at::Tensor x = sample * level.alpha;
    SchedulerStep result;
    result.x0 = predicted_x0(config_.prediction, model_output, x, level);
    const at::Tensor noise = at::randn(model_output.sizes(), noise_, at::kFloat);
    result.prev_sample = sample +
                         predicted_noise(config_.prediction, model_output, x, level) * (down - from) +
                         noise.to(model_output.options()) * up;
    result.prev_sample = result.prev_sample.to(model_output.scalar_type());
    return result;
}

} // namespace rushes
