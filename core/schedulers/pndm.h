// The pseudo linear multistep method of PNDM (Liu et al., "Pseudo Numerical Methods for Diffusion Models on
// Manifolds", arXiv 2202.09778, equations 9 and 12), without its Runge-Kutta steps: the scheduler of Stable
// Diffusion 1.x. The second timestep is taken twice, so there is a step more than asked for. Numbers as
// PNDMScheduler of diffusers 0.42 with skip_prk_steps.
#pragma once

#include "schedulers/diffusion_grid.h"
#include "schedulers/scheduler.h"

#include <deque>
#include <vector>

namespace rushes {

class Pndm final : public Scheduler {
public:
    Pndm(const SchedulerConfig& config, int steps);
    at::Tensor add_noise(const at::Tensor& clean, const at::Tensor& noise, std::size_t step) const override;
    SchedulerStep step(const at::Tensor& model_output, const at::Tensor& sample) override;
    std::vector<at::Tensor> memory() const override;
    void go_on(std::size_t steps, std::vector<at::Tensor> memory) override;

private:
    at::Tensor combined() const;
    NoiseLevel level_at(int timestep) const;

    const SchedulerConfig config_;
    const DiffusionGrid grid_;
    const int stride_;               ///< timesteps from one step to the next
    std::deque<at::Tensor> outputs_; ///< of the model, the latest first, most_outputs at most
    at::Tensor first_sample_;        ///< that the second step starts from once more; undefined after it
    int done_ = 0;                   ///< steps
};

} // namespace rushes
