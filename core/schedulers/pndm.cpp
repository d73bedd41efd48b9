#include "schedulers/pndm.h"

#include <cmath>

#include <ATen/ATen.h>

namespace rushes {

Pndm::Pndm(const SchedulerConfig& config, int steps)
    : config_(config), grid_(config, ZeroAlpha::kept), stride_(config.num_train_timesteps / steps) {
    for (const double t : grid_.timesteps(steps)) {
        timesteps_.push_back(static_cast<float>(t));
    }
    if (timesteps_.size() > 1) {
        timesteps_.insert(timesteps_.begin() + 1, timesteps_[1]);
    }
    for (const float t : timesteps_) {
        sigmas_.push_back(static_cast<float>(grid_.sigma(t)));
    }
    const NoiseLevel last = level_at(static_cast<int>(timesteps_.back()) - stride_);
    sigmas_.push_back(static_cast<float>(last.sigma / last.alpha));
}

NoiseLevel Pndm::level_at(int timestep) const {
    return timestep >= 0 ? grid_.level(timestep) : config_.final_alpha_one ? NoiseLevel{} : grid_.level(0);
}

at::Tensor Pndm::add_noise(const at::Tensor& clean, const at::Tensor& noise, std::size_t step) const {
    const NoiseLevel level = grid_.level(static_cast<int>(timesteps_.at(step)));
    return clean * level.alpha + noise * level.sigma;
}

/// Adams-Bashforth of the order that there are outputs for.
at::Tensor Pndm::combined() const {
    const auto& o = outputs_;
    switch (o.size()) {
    case 1:
        return o[0];
    case 2:
        return (3 * o[0] - o[1]) / 2;
    case 3:
        return (23 * o[0] - 16 * o[1] + 5 * o[2]) / 12;
    default:
        return (55 * o[0] - 59 * o[1] + 37 * o[2] - 9 * o[3]) * (1.0 / 24);
    }
}

SchedulerStep Pndm::step(const at::Tensor& model_output, const at::Tensor& sample) {
    int from = static_cast<int>(timesteps_.at(index_));
    int to = from - stride_;
    const NoiseLevel seen = grid_.level(from);
    SchedulerStep result;
    result.x0 = predicted_x0(config_.prediction, model_output, sample, seen);
    at::Tensor output;
    at::Tensor start = sample;
    if (done_ == 1) { // the first step once more, with the mean of both ends
        to = from;
        from += stride_;
        output = (model_output + outputs_.front()) / 2;
        start = first_sample_;
        first_sample_.reset();
    } else {
        outputs_.push_front(model_output);
        if (outputs_.size() > 4) {
            outputs_.pop_back();
        }
        output = combined();
        if (done_ == 0) {
            first_sample_ = sample;
        }
    }
    ++done_;
    ++index_;
    const NoiseLevel now = grid_.level(from);
    const NoiseLevel next = level_at(to);
    const at::Tensor noise =
        config_.prediction == Prediction::v ? output * now.alpha + start * now.sigma : output;
    const double before = now.alpha * now.alpha; // the paper's alpha is the square
    const double after = next.alpha * next.alpha;
    const double divisor = before * next.sigma + std::sqrt(before * (now.sigma * now.sigma) * after);
    result.prev_sample = start * std::sqrt(after / before) - noise * ((after - before) / divisor);
    return result;
}

} // namespace rushes
