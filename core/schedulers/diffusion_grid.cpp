#include "schedulers/diffusion_grid.h"

#include "base/error.h"
#include "schedulers/sigma_spacing.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <ATen/ATen.h>

namespace rushes {

namespace {

using Curve = BetaSchedule::Curve;
using Spacing = SchedulerConfig::Spacing;

at::Tensor betas_of(const BetaSchedule& schedule, int count) {
    switch (schedule.curve) {
    case Curve::scaled_linear:
        return at::linspace(std::sqrt(schedule.start), std::sqrt(schedule.end), count).square();
    case Curve::cosine: {
        const auto alpha_bar = [](double t) {
            const double root = std::cos((t + 0.008) / 1.008 * std::numbers::pi / 2);
            return root * root;
        };
        std::vector<double> betas;
        for (int i = 0; i < count; ++i) {
            const double next = alpha_bar(static_cast<double>(i + 1) / count);
            betas.push_back(std::min(1 - next / alpha_bar(static_cast<double>(i) / count), 0.999));
        }
        return at::tensor(betas, at::kDouble).to(at::kFloat);
    }
    case Curve::linear:
        break;
    }
    return at::linspace(schedule.start, schedule.end, count);
}

/// Algorithm 1 of arXiv 2305.08891: the roots of alpha_bar moved and stretched so that the last is 0.
at::Tensor with_zero_terminal(const at::Tensor& betas) {
    at::Tensor roots = (1 - betas).cumprod(0).sqrt();
    const at::Tensor first = roots[0].clone();
    const at::Tensor last = roots[-1].clone();
    roots -= last;
    roots *= first / (first - last);
    const at::Tensor bars = roots.square();
    const at::Tensor alphas = bars.slice(0, 1) / bars.slice(0, 0, -1);
    return 1 - at::cat({bars.slice(0, 0, 1), alphas});
}

std::vector<float> numbers(const at::Tensor& tensor) {
    const at::Tensor dense = tensor.contiguous();
    const auto* const begin = dense.const_data_ptr<float>();
    return {begin, begin + dense.numel()};
}

} // namespace

DiffusionGrid::DiffusionGrid(const SchedulerConfig& config, ZeroAlpha zero_alpha) : config_(config) {
    at::Tensor betas = betas_of(config.betas, config.num_train_timesteps);
    if (config.betas.zero_terminal) {
        betas = with_zero_terminal(betas);
    }
    const at::Tensor product = (1 - betas).cumprod(0);
    if (config.betas.zero_terminal && zero_alpha == ZeroAlpha::avoided) {
        product[-1] = 0x1p-24;
    }
    alphas_cumprod_ = numbers(product);
    sigmas_ = numbers(((1 - product) / product).pow(0.5));
}

NoiseLevel DiffusionGrid::level(int timestep) const {
    const double alpha_squared = alphas_cumprod(timestep);
    return {std::sqrt(alpha_squared), std::sqrt(1 - alpha_squared)};
}

double DiffusionGrid::sigma(double timestep) const {
    const auto below = static_cast<std::size_t>(std::max(timestep, 0.0));
    if (below + 1 >= sigmas_.size()) {
        return sigmas_.back();
    }
    const double low = sigmas_[below];
    return (sigmas_[below + 1] - low) * (timestep - static_cast<double>(below)) + low;
}

double DiffusionGrid::timestep(double sigma) const {
    const auto above = std::upper_bound(sigmas_.begin() + 1, sigmas_.end() - 1, sigma);
    const double low = std::log(*(above - 1));
    const double share = (std::log(sigma) - low) / (std::log(*above) - low);
    return static_cast<double>(above - 1 - sigmas_.begin()) + std::clamp(share, 0.0, 1.0);
}

// Note [one step too many]
// The reference makes its trailing grid with numpy.arange(train, 0, -train / steps), which for 61, 103, 121
// and other numbers of steps holds one value more than asked for, by rounding: the timestep -1. Here there
// are always as many as asked for.
std::vector<double> DiffusionGrid::timesteps(int steps, bool whole) const {
    const double train = config_.num_train_timesteps;
    std::vector<double> result;
    if (config_.spacing == Spacing::trailing) {
        const double stride = (train + -(train / steps)) - train; // as numpy.arange has it
        for (int i = 0; i < steps; ++i) {
            result.push_back(std::nearbyint(train + i * stride) - 1);
        }
        return result;
    }
    if (config_.spacing == Spacing::linspace) {
        result = linear_spacing(0, train - 1, steps);
        for (double& t : result) {
            t = whole ? std::nearbyint(t) : double{static_cast<float>(t)};
        }
    } else {
        const int stride = config_.num_train_timesteps / steps;
        for (int i = 0; i < steps; ++i) {
            result.push_back(i * stride + config_.steps_offset);
        }
        if (result.back() >= train) {
            throw Error(
                ErrorKind::user,
                "The number of steps is " + std::to_string(steps) +
                    ", for which this scheduler's offset of " + std::to_string(config_.steps_offset) +
                    " leads beyond its " + std::to_string(config_.num_train_timesteps) + " timesteps.",
                "Use fewer steps."
            );
        }
    }
    std::reverse(result.begin(), result.end());
    return result;
}

NoiseLevel level_of(double sigma) {
    const double alpha = 1 / std::sqrt(sigma * sigma + 1);
    return {alpha, sigma * alpha};
}

std::vector<double> respaced(const std::vector<double>& sigmas, SchedulerConfig::Sigmas kind) {
    if (kind == SchedulerConfig::Sigmas::plain) {
        return sigmas;
    }
    const auto count = static_cast<int>(sigmas.size());
    const double first = sigmas.front();
    const double last = sigmas.back();
    std::vector<double> result;
    if (kind == SchedulerConfig::Sigmas::exponential) {
        for (const double logarithm : linear_spacing(std::log(first), std::log(last), count)) {
            result.push_back(std::exp(logarithm));
        }
        return result;
    }
    constexpr double rho = 7;
    const double first_root = std::pow(first, 1 / rho);
    const double last_root = std::pow(last, 1 / rho);
    for (const double ramp : linear_spacing(0, 1, count)) {
        result.push_back(std::pow(first_root + ramp * (last_root - first_root), rho));
    }
    return result;
}

} // namespace rushes
