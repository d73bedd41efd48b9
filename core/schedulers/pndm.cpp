#include "schedulers/pndm.h"

#include "base/error.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <ATen/ATen.h>

namespace rushes {

namespace {

constexpr int most_outputs = 4; ///< that the multistep method of the highest order combines

} // namespace

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

std::vector<at::Tensor> Pndm::memory() const {
    std::vector<at::Tensor> memory(outputs_.begin(), outputs_.end());
    if (first_sample_.defined()) {
        memory.push_back(first_sample_);
    }
    return memory;
}

void Pndm::go_on(std::size_t steps, std::vector<at::Tensor> memory) {
    const int done = static_cast<int>(steps) - static_cast<int>(first_);
    const auto outputs =
        static_cast<std::size_t>(std::clamp(done - 1, 1, most_outputs)); // one of two at first
    if (done < 1 || steps > timesteps_.size() || memory.size() != outputs + (done == 1 ? 1 : 0)) {
        throw Error(ErrorKind::user, "The checkpoint is of another solver.");
    }
    if (done == 1) {
        first_sample_ = std::move(memory.back());
        memory.pop_back();
    }
    outputs_.assign(memory.begin(), memory.end());
    done_ = done;
    index_ = steps;
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
        if (outputs_.size() > most_outputs) {
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
