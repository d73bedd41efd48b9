// One small interface for the solvers of rectified flow: x_sigma = (1 - sigma) * x0 + sigma * noise, the
// model predicts the velocity noise - x0. A scheduler object runs one denoising and is then used up.
#pragma once

#include "schedulers/scheduler_config.h"

#include <cstdint>
#include <memory>
#include <vector>

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

namespace rushes {

struct SchedulerStep {
    at::Tensor prev_sample; ///< the sample at the next, lower sigma
    at::Tensor x0;          ///< the estimate of the clean sample at this step
};

class Scheduler {
public:
    virtual ~Scheduler() = default;

    /// steps + 1 values, falling; the last is where the sample ends.
    const std::vector<float>& sigmas() const { return sigmas_; }

    /// steps values as the model takes them. UniPC's are whole numbers (truncated, as in the reference).
    const std::vector<float>& timesteps() const { return timesteps_; }

    /// Steps in order, one call each. `sample` is fp32 (fp64 in tests) of any shape; `model_output` has its
    /// shape and may be of a lower precision, whose roundings are those of the reference.
    virtual SchedulerStep step(const at::Tensor& model_output, const at::Tensor& sample) = 0;

protected:
    Scheduler() = default;

    std::vector<float> sigmas_;
    std::vector<float> timesteps_;
};

/// `steps` >= 1. `noise` is drawn from at every step by stochastic sampling only; it may be undefined for the
/// others.
std::unique_ptr<Scheduler> make_scheduler(const SchedulerConfig& config, int steps, at::Generator noise);

} // namespace rushes
