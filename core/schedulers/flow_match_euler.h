// Euler steps of the flow's differential equation, x + (next sigma - sigma) * velocity (Lipman et al., "Flow
// Matching for Generative Modeling", arXiv 2210.02747; shift as in Esser et al., arXiv 2403.03206). With
// stochastic sampling (1 - next sigma) * x0 + next sigma * fresh noise, which is how students of distribution
// matching are sampled (Yin et al., "One-step Diffusion with Distribution Matching Distillation", arXiv
// 2311.18828). Numbers as FlowMatchEulerDiscreteScheduler of diffusers 0.42.
#pragma once

#include "schedulers/scheduler.h"

namespace rushes {

class FlowMatchEuler final : public Scheduler {
public:
    FlowMatchEuler(const SchedulerConfig& config, const StepRequest& request, at::Generator noise);
    at::Tensor add_noise(const at::Tensor& clean, const at::Tensor& noise, std::size_t step) const override;
    SchedulerStep step(const at::Tensor& model_output, const at::Tensor& sample) override;

private:
    const bool stochastic_;
    at::Generator noise_;
};

} // namespace rushes
