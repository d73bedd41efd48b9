// Multistep sampling of a latent consistency model (Luo et al., "Latent Consistency Models", arXiv
// 2310.04378, algorithm 3): a clean estimate by the boundary condition c_skip * x + c_out * x0, then fresh
// noise for the next, lower timestep. Numbers as LCMScheduler of diffusers 0.42.
#pragma once

#include "schedulers/diffusion_grid.h"
#include "schedulers/scheduler.h"

namespace rushes {

class Lcm final : public Scheduler {
public:
    Lcm(const SchedulerConfig& config, const StepRequest& request, at::Generator noise);
    at::Tensor add_noise(const at::Tensor& clean, const at::Tensor& noise, std::size_t step) const override;
    SchedulerStep step(const at::Tensor& model_output, const at::Tensor& sample) override;

private:
    const SchedulerConfig config_;
    const DiffusionGrid grid_;
    at::Generator noise_;
};

} // namespace rushes
