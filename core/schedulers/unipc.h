// UniPC: a multistep predictor with a corrector that costs no further model call (Zhao et al., "UniPC: A
// Unified Predictor-Corrector Framework for Fast Sampling of Diffusion Models", arXiv 2302.04867), on flow
// sigmas or those of diffusion, for estimates of x0. Numbers as UniPCMultistepScheduler of diffusers 0.42.
#pragma once

#include "schedulers/prediction.h"
#include "schedulers/scheduler.h"

#include <deque>

namespace rushes {

class UniPc final : public Scheduler {
public:
    UniPc(const SchedulerConfig& config, const StepRequest& request);
    at::Tensor add_noise(const at::Tensor& clean, const at::Tensor& noise, std::size_t step) const override;
    SchedulerStep step(const at::Tensor& model_output, const at::Tensor& sample) override;
    std::vector<at::Tensor> memory() const override;
    void go_on(std::size_t steps, std::vector<at::Tensor> memory) override;

private:
    struct Update;

    void space_flow(const StepRequest& request);
    void space_diffusion(int steps);
    NoiseLevel level(std::size_t index) const;
    double lambda(std::size_t index) const;

    /// From sigmas_[from] to sigmas_[from + 1] with `order` estimates of x0, the newest at sigmas_[from].
    Update update(std::size_t from, int order) const;
    at::Tensor predict(const at::Tensor& sample, int order) const;
    at::Tensor correct(const at::Tensor& x0, int order) const;
    bool corrects() const;
    int order_at(std::size_t index) const; ///< of the prediction of that step

    const SchedulerConfig config_;
    int order_ = 0;              ///< of the last prediction
    std::deque<at::Tensor> x0s_; ///< newest last, at most solver_order
    at::Tensor last_sample_;     ///< what the last prediction started from
};

} // namespace rushes
