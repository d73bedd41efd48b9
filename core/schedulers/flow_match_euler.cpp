#include "schedulers/flow_match_euler.h"

#include "schedulers/sigma_spacing.h"

#include <ATen/ATen.h>

namespace rushes {

// Note [the shift is applied twice]
// The reference builds its training grid 1/1000 .. 1 in fp32, shifts it, and keeps the ends as sigma_min and
// sigma_max. set_timesteps() then spaces between those ends and shifts again. So the tail is shifted twice.
// Only the grid's ends are needed here, in fp32 as there.
FlowMatchEuler::FlowMatchEuler(const SchedulerConfig& config, int steps, at::Generator noise)
    : stochastic_(config.stochastic_sampling), noise_(std::move(noise)) {
    const auto train = static_cast<float>(config.num_train_timesteps);
    const auto grid_end = [&](float timestep) {
        const float sigma = timestep / train;
        const auto shift = static_cast<float>(config.shift);
        return double{shift * sigma / (1.0F + static_cast<float>(config.shift - 1) * sigma)};
    };
    const double scale = config.num_train_timesteps;
    std::vector<double> sigmas = linear_spacing(grid_end(train) * scale, grid_end(1.0F) * scale, steps);
    for (double& sigma : sigmas) {
        sigma = shifted(sigma / scale, config.shift);
    }
    stretch_to_terminal(sigmas, config.shift_terminal);
    for (const double sigma : sigmas) {
        sigmas_.push_back(static_cast<float>(sigma));
        timesteps_.push_back(sigmas_.back() * train);
    }
    sigmas_.push_back(0.0F);
}

SchedulerStep FlowMatchEuler::step(const at::Tensor& model_output, const at::Tensor& sample) {
    const float sigma = sigmas_.at(index_);
    const float next = sigmas_.at(index_ + 1);
    ++index_;
    SchedulerStep result;
    result.x0 = sample - model_output * sigma;
    if (stochastic_) {
        const at::Tensor fresh =
            at::randn(sample.sizes(), noise_, at::kFloat).to(sample.device(), sample.scalar_type());
        result.prev_sample = result.x0 * (1.0F - next) + fresh * next;
    } else {
        result.prev_sample = sample + model_output * (next - sigma);
    }
    // The reference hands back the model's type: with bf16 the sample is rounded at every step.
    result.prev_sample = result.prev_sample.to(model_output.scalar_type());
    return result;
}

} // namespace rushes
