// Euler steps of the probability flow in the coordinates y = x / alpha = x0 + sigma * noise (Karras et al.,
// "Elucidating the Design Space of Diffusion-Based Generative Models", arXiv 2206.00364, algorithm 2 without
// churn): y + (next sigma - sigma) * epsilon. The model takes y / sqrt(sigma^2 + 1). Numbers as
// EulerDiscreteScheduler of diffusers 0.42.
#pragma once

#include "schedulers/diffusion_grid.h"
#include "schedulers/scheduler.h"

namespace rushes {

class EulerDiscrete final : public Scheduler {
public:
    EulerDiscrete(const SchedulerConfig& config, const StepRequest& request);
    at::Tensor scale_model_input(const at::Tensor& sample) const override;
    at::Tensor add_noise(const at::Tensor& clean, const at::Tensor& noise, std::size_t step) const override;
    SchedulerStep step(const at::Tensor& model_output, const at::Tensor& sample) override;

private:
    const SchedulerConfig config_;
};

} // namespace rushes
