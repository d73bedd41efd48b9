// What a scheduler_config.json says, free of libtorch. Two solvers of rectified flow are known: the Euler
// steps of FlowMatchEulerDiscreteScheduler and UniPCMultistepScheduler with flow sigmas.
#pragma once

#include "base/json_config.h"

#include <optional>
#include <string>
#include <vector>

namespace rushes {

struct SchedulerConfig {
    enum class Kind { flow_euler, unipc };

    Kind kind = Kind::unipc;
    int num_train_timesteps = 1000;
    double shift = 1.0;                   ///< sigma -> shift * sigma / (1 + (shift - 1) * sigma)
    std::optional<double> shift_terminal; ///< last sigma before the end, by stretching

    bool stochastic_sampling = false; ///< flow_euler: draws fresh noise at every step

    int solver_order = 2;               ///< unipc: 1 to 3
    bool bh1 = false;                   ///< unipc: B(h) = h instead of exp(h) - 1
    bool lower_order_final = true;      ///< unipc
    bool final_sigma_zero = true;       ///< unipc: ends at sigma 0; else the last sigma is repeated
    std::vector<int> disable_corrector; ///< unipc: indices of steps after which the sample is not corrected
};

/// Names of the solvers in recipes ("unipc", "flow-euler").
std::string scheduler_name(SchedulerConfig::Kind kind);

/// The names a recipe may hold for a model with this scheduler: its own first.
std::vector<std::string> scheduler_names(const SchedulerConfig& own);

/// Reads scheduler_config.json. Throws Error{user} for another class, a setting that these solvers do not
/// have (dynamic shifting, Karras spacing, other predictions than flow ...) or a number out of range.
SchedulerConfig read_scheduler_config(const JsonConfig& config);

/// The model's own scheduler when `name` is empty or its name; else the other solver over the same shift,
/// with its usual settings. Throws Error{user} for an unknown name.
SchedulerConfig scheduler_by_name(const SchedulerConfig& own, const std::string& name);

} // namespace rushes
