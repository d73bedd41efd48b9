#include "schedulers/flow_match_euler.h"

#include "nn/transfer.h"
#include "schedulers/diffusion_grid.h"
#include "schedulers/sigma_spacing.h"

#include <cmath>
#include <cstdlib>

#include <ATen/ATen.h>

namespace rushes {

namespace {

/// sigma of a timestep of the training grid, in fp32 as in the reference.
float training_sigma(const SchedulerConfig& config, float timestep) {
    const float sigma = timestep / static_cast<float>(config.num_train_timesteps);
    return config.dynamic_shift ? sigma : shifted(sigma, config.shift);
}

// Note [the shift is applied twice]
// The reference builds its training grid 1/1000 .. 1 in fp32, shifts it, and keeps the ends as sigma_min and
// sigma_max. set_timesteps() then spaces between those ends and shifts again. So the tail is shifted twice.
// A dynamic shift is not known when the grid is built, and is applied once.
std::vector<double> own_sigmas(const SchedulerConfig& config, int steps) {
    const double train = config.num_train_timesteps;
    const double first = training_sigma(config, static_cast<float>(config.num_train_timesteps));
    const double last = training_sigma(config, 1.0F);
    std::vector<double> sigmas = linear_spacing(first * train, last * train, steps);
    for (double& sigma : sigmas) {
        sigma /= train;
    }
    return sigmas;
}

} // namespace

std::vector<double> training_sigmas(const SchedulerConfig& config, const std::vector<double>& timesteps) {
    std::vector<double> result;
    for (const double wanted : timesteps) {
        double nearest = 0;
        double distance = HUGE_VAL;
        for (int t = config.num_train_timesteps; t > 0; --t) {
            const double sigma = training_sigma(config, static_cast<float>(t));
            const double away = std::abs(sigma * config.num_train_timesteps - wanted);
            if (away < distance) {
                distance = away;
                nearest = sigma;
            }
        }
        result.push_back(nearest);
    }
    return result;
}

// Lists come in fp32 and stay so, as in the reference; its own grid is made in fp64.
FlowMatchEuler::FlowMatchEuler(const SchedulerConfig& config, const StepRequest& request, at::Generator noise)
    : stochastic_(config.stochastic_sampling), noise_(std::move(noise)) {
    const auto train = static_cast<float>(config.num_train_timesteps);
    std::vector<double> sigmas;
    if (!request.sigmas.empty() || !request.timesteps.empty()) {
        std::vector<float> list(request.sigmas.begin(), request.sigmas.end());
        for (std::size_t i = 0; list.size() < request.timesteps.size(); ++i) {
            list.push_back(static_cast<float>(request.timesteps[i]) / train);
        }
        if (!request.shifted) {
            shift_flow(list, config, request.tokens);
        }
        sigmas.assign(list.begin(), list.end());
    } else {
        sigmas = own_sigmas(config, request.steps);
        shift_flow(sigmas, config, request.tokens);
    }
    for (const double sigma : respaced(sigmas, config.sigmas)) {
        sigmas_.push_back(static_cast<float>(sigma));
        timesteps_.push_back(sigmas_.back() * train);
    }
    if (!request.timesteps.empty()) {
        timesteps_.assign(request.timesteps.begin(), request.timesteps.end());
    }
    if (request.scaled_noise) {
        init_noise_sigma_ = sigmas_.front();
    }
    sigmas_.push_back(0.0F);
}

at::Tensor
FlowMatchEuler::add_noise(const at::Tensor& clean, const at::Tensor& noise, std::size_t step) const {
    const float sigma = sigmas_.at(step);
    return clean * (1.0F - sigma) + noise * sigma;
}

SchedulerStep FlowMatchEuler::step(const at::Tensor& model_output, const at::Tensor& sample) {
    const float sigma = sigmas_.at(index_);
    const float next = sigmas_.at(index_ + 1);
    ++index_;
    SchedulerStep result;
    result.x0 = sample - model_output * sigma;
    if (stochastic_) {
        const at::Tensor drawn = at::randn(sample.sizes(), noise_, at::kFloat);
        const at::Tensor fresh = sent_to(drawn, sample.device()).to(sample.scalar_type());
        result.prev_sample = result.x0 * (1.0F - next) + fresh * next;
    } else {
        result.prev_sample = sample + model_output * (next - sigma);
    }
    // The reference hands back the model's type: with bf16 the sample is rounded at every step.
    result.prev_sample = result.prev_sample.to(model_output.scalar_type());
    return result;
}

} // namespace rushes
