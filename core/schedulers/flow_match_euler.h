// Euler steps of the flow's differential equation, x + (next sigma - sigma) * velocity (Lipman et al., "Flow
// Matching for Generative Modeling", arXiv 2210.02747; shift as in Esser et al., arXiv 2403.03206). Numbers
// as FlowMatchEulerDiscreteScheduler of diffusers 0.42.
#pragma once

#include "schedulers/scheduler.h"

namespace rushes {

class FlowMatchEuler final : public Scheduler {
public:
    FlowMatchEuler(const SchedulerConfig& config, int steps, at::Generator noise);
    SchedulerStep step(const at::Tensor& model_output, const at::Tensor& sample) override;

private:
    const bool stochastic_;
    at::Generator noise_;
    std::size_t index_ = 0;
};

} // namespace rushes
