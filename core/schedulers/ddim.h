// DDIM without noise (Song et al., "Denoising Diffusion Implicit Models", arXiv 2010.02502, equation 12 with
// sigma 0): prev = alpha' * x0 + sqrt(1 - alpha'^2) * epsilon. Numbers as DDIMScheduler of diffusers 0.42.
#pragma once

#include "schedulers/diffusion_grid.h"
#include "schedulers/scheduler.h"

namespace rushes {

class Ddim final : public Scheduler {
public:
    Ddim(const SchedulerConfig& config, int steps);
    at::Tensor add_noise(const at::Tensor& clean, const at::Tensor& noise, std::size_t step) const override;
    SchedulerStep step(const at::Tensor& model_output, const at::Tensor& sample) override;

private:
    /// The level that step `index` ends at.
    NoiseLevel next_level(std::size_t index) const;

    const SchedulerConfig config_;
    const DiffusionGrid grid_;
    const int stride_; ///< timesteps from one step to the next
};

} // namespace rushes
