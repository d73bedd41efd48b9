// Where the steps of variance-preserving diffusion lie (Ho et al., "Denoising Diffusion Probabilistic
// Models", arXiv 2006.11239; spacings as in table 2 of Lin et al., arXiv 2305.08891). Numbers as the
// schedulers of diffusers 0.42, which all share them.
#pragma once

#include "schedulers/prediction.h"
#include "schedulers/scheduler_config.h"

#include <span>
#include <vector>

namespace rushes {

/// What becomes of a last level that is noise alone.
enum class ZeroAlpha {
    kept,
    avoided, ///< for solvers that divide by alpha: alpha^2 is 2^-24 there
};

class DiffusionGrid {
public:
    DiffusionGrid(const SchedulerConfig& config, ZeroAlpha zero_alpha);

    /// alpha^2 of a timestep, in fp32 as the reference keeps it.
    float alphas_cumprod(int timestep) const {
        return alphas_cumprod_.at(static_cast<std::size_t>(timestep));
    }

    NoiseLevel level(int timestep) const;

    /// sigma / alpha, interpolated between whole timesteps.
    double sigma(double timestep) const;

    /// The timestep of a sigma / alpha, interpolated in its logarithm.
    double timestep(double sigma) const;

    /// Falling; whole numbers unless `whole` is false and the spacing is linspace. Throws Error{user} when
    /// the spacing's offset leads beyond the grid.
    std::vector<double> timesteps(int steps, bool whole = true) const;

private:
    const SchedulerConfig config_;
    std::vector<float> alphas_cumprod_;
    std::vector<float> sigmas_; ///< sigma / alpha
};

/// The level whose sigma / alpha is given.
NoiseLevel level_of(double sigma);

/// Between the first and the last of `sigmas` in the way of `kind`: evenly in sigma^(1/7) (Karras et al.,
/// arXiv 2206.00364) or in the logarithm.
std::vector<double> respaced(const std::vector<double>& sigmas, SchedulerConfig::Sigmas kind);

} // namespace rushes
