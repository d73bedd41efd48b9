// Euler steps that go a little further down than wanted and come back up with fresh noise (k-diffusion,
// sample_euler_ancestral; the scheduler of SDXL-Turbo). In the coordinates of euler_discrete.h. Numbers as
// EulerAncestralDiscreteScheduler of diffusers 0.42.
#pragma once

#include "schedulers/diffusion_grid.h"
#include "schedulers/scheduler.h"

namespace rushes {

class EulerAncestral final : public Scheduler {
public:
    /// `noise` is drawn from at every step, at the last one too.
    EulerAncestral(const SchedulerConfig& config, const StepRequest& request, at::Generator noise);
    at::Tensor scale_model_input(const at::Tensor& sample) const override;
    at::Tensor add_noise(const at::Tensor& clean, const at::Tensor& noise, std::size_t step) const override;
    SchedulerStep step(const at::Tensor& model_output, const at::Tensor& sample) override;

private:
    const SchedulerConfig config_;
    at::Generator noise_;
};

} // namespace rushes
