// What a scheduler_config.json says, free of libtorch: a solver, what the model predicts, and where the steps
// lie. Rectified flow and variance-preserving diffusion share one value; the solvers know which they take.
#pragma once

#include "base/json_config.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace rushes {

/// What the model says of a sample alpha * x0 + sigma * noise.
enum class Prediction {
    flow,    ///< noise - x0, with alpha = 1 - sigma: rectified flow
    epsilon, ///< noise
    v,       ///< alpha * noise - sigma * x0
    sample,  ///< x0
};

/// The noise levels of variance-preserving diffusion: alpha^2 is the running product of 1 - beta.
struct BetaSchedule {
    enum class Curve {
        linear,
        scaled_linear, ///< linear in the root (Stable Diffusion)
        cosine,        ///< "squaredcos_cap_v2"
    };

    Curve curve = Curve::linear;
    double start = 0.0001;
    double end = 0.02;
    bool zero_terminal = false; ///< rescaled so that the last level is noise alone (arXiv 2305.08891)
};

/// A shift that grows with the clip: mu between two points, sigma -> e^mu / (e^mu + 1 / sigma - 1).
struct DynamicShift {
    double base_shift = 0.5; ///< mu at base_tokens
    double max_shift = 1.15; ///< mu at max_tokens
    std::int64_t base_tokens = 256;
    std::int64_t max_tokens = 4096;
    bool linear = false; ///< mu in place of e^mu

    double mu(std::int64_t tokens) const;
};

struct SchedulerConfig {
    enum class Kind { flow_euler, unipc, ddim, euler, lcm, pndm, euler_ancestral };
    enum class Spacing { linspace, leading, trailing }; ///< of timesteps; table 2 of arXiv 2305.08891
    enum class Sigmas { plain, karras, exponential };   ///< between the first and last of the plain ones

    Kind kind = Kind::unipc;
    Prediction prediction = Prediction::flow;
    int num_train_timesteps = 1000;

    // Flow.
    double shift = 1.0;                        ///< sigma -> shift * sigma / (1 + (shift - 1) * sigma)
    std::optional<DynamicShift> dynamic_shift; ///< in place of `shift`
    std::optional<double> shift_terminal;      ///< last sigma before the end, by stretching
    bool stochastic_sampling =
        false; ///< flow_euler: fresh noise at every step, as DMD's students are sampled

    // Diffusion.
    BetaSchedule betas;
    Spacing spacing = Spacing::linspace;
    int steps_offset = 0;             ///< added to the timesteps of Spacing::leading
    bool final_alpha_one = true;      ///< ddim, pndm: the end is clean; else it has the noise of timestep 0
    std::optional<double> clip_range; ///< ddim, lcm: the estimate of x0 is cut to -range..range
    int original_steps = 50;          ///< lcm: steps of the teacher's grid, of which a run's are a part
    double timestep_scaling = 10;     ///< lcm: of the boundary condition

    Sigmas sigmas = Sigmas::plain; ///< flow_euler, euler
    bool final_sigma_zero = true;  ///< euler, unipc: ends at sigma 0; else at the lowest sigma

    int solver_order = 2;               ///< unipc: 1 to 3
    bool bh1 = false;                   ///< unipc: B(h) = h instead of exp(h) - 1
    bool lower_order_final = true;      ///< unipc
    std::vector<int> disable_corrector; ///< unipc: indices of steps after which the sample is not corrected
};

/// Names of the solvers in recipes ("unipc", "flow-euler", "ddim", "euler", "lcm", "pndm",
/// "euler-ancestral").
std::string scheduler_name(SchedulerConfig::Kind kind);

/// The names a recipe may hold for a model with this scheduler: its own first, then every other that solves
/// the same kind of model.
std::vector<std::string> scheduler_names(const SchedulerConfig& own);

/// Reads scheduler_config.json. Throws Error{user} for another class, a setting that these solvers do not
/// have (thresholding, beta sigmas ...) or a number out of range.
SchedulerConfig read_scheduler_config(const JsonConfig& config);

/// The model's own scheduler when `name` is empty or its name; else that solver over the same noise levels
/// and prediction, with its usual settings. Throws Error{user} for an unknown name.
SchedulerConfig scheduler_by_name(const SchedulerConfig& own, const std::string& name);

} // namespace rushes
