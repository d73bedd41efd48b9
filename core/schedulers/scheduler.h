// One small interface for all solvers. Rectified flow: x = (1 - sigma) * x0 + sigma * noise. Diffusion:
// x = alpha * x0 + sigma * noise with alpha^2 + sigma^2 = 1. A scheduler object runs one denoising and is
// then used up.
#pragma once

#include "schedulers/scheduler_config.h"

#include <cstddef>
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

    /// steps + 1 values, falling; the last is where the sample ends. For diffusion sigma / alpha.
    const std::vector<float>& sigmas() const { return sigmas_; }

    /// steps values as the model takes them. UniPC's are whole numbers (truncated, as in the reference).
    const std::vector<float>& timesteps() const { return timesteps_; }

    /// What noise of variance 1 is multiplied with to make the first sample.
    float init_noise_sigma() const { return init_noise_sigma_; }

    /// The sample as the model takes it at the coming step.
    virtual at::Tensor scale_model_input(const at::Tensor& sample) const { return sample; }

    /// A clean sample with the noise of step `step`, to begin there.
    virtual at::Tensor
    add_noise(const at::Tensor& clean, const at::Tensor& noise, std::size_t step) const = 0;

    /// Leaves out the steps before; call before the first one.
    void begin_at(std::size_t step) { first_ = index_ = step; }

    /// Steps in order, one call each. `sample` is fp32 (fp64 in tests) of any shape; `model_output` has its
    /// shape and may be of a lower precision, whose roundings are those of the reference.
    virtual SchedulerStep step(const at::Tensor& model_output, const at::Tensor& sample) = 0;

    /// What the steps done leave to those that follow, beside the sample; fp32.
    virtual std::vector<at::Tensor> memory() const { return {}; }

    /// In place of the first `steps` steps, which left this; a generator that is drawn from must stand where
    /// they left it. Throws Error{user} for what no such steps leave, and is as before then.
    virtual void go_on(std::size_t steps, std::vector<at::Tensor> memory);

protected:
    Scheduler() = default;

    std::vector<float> sigmas_;
    std::vector<float> timesteps_;
    float init_noise_sigma_ = 1;
    std::size_t first_ = 0;
    std::size_t index_ = 0; ///< of the coming step
};

/// The steps of a run: how many, or the list that a distilled model was trained with.
struct StepRequest {
    int steps = 0;                      ///< >= 1, of no meaning beside a list
    std::vector<double> sigmas = {};    ///< falling, the end not listed (flow solvers)
    bool shifted = false;               ///< the sigmas are final; else the config's shift is applied
    std::vector<double> timesteps = {}; ///< falling, for flow-euler, euler and lcm; beside sigmas: what the
                                        ///< model is told
    bool scaled_noise = false;          ///< the first sample is noise times the first sigma (flow-euler)
    std::int64_t tokens = 0;            ///< of the whole clip, where the shift grows with it
};

/// 1, ..., 1 / steps, evenly: what pipelines hand to a flow solver in place of its own grid.
std::vector<double> even_sigmas(int steps);

/// Linear down to 1 - threshold, quadratic from there (linear_quadratic_schedule of diffusers 0.42).
std::vector<double> linear_quadratic_sigmas(int steps, double threshold = 0.025);

/// Where explicit timesteps of a few-step student lie: of each the nearest sigma of the shifted training grid
/// (FastVideo's DMD denoising, for example 1000, 757, 522 with shift 8). Use with `shifted`.
std::vector<double> training_sigmas(const SchedulerConfig& config, const std::vector<double>& timesteps);

/// `noise` is drawn from by stochastic sampling and lcm only; it may be undefined for the others. Throws
/// Error{user} for a number of steps or a list that the solver can't take.
std::unique_ptr<Scheduler>
make_scheduler(const SchedulerConfig& config, const StepRequest& request, at::Generator noise);

std::unique_ptr<Scheduler> make_scheduler(const SchedulerConfig& config, int steps, at::Generator noise);

} // namespace rushes
