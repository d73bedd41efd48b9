// What the spacings of the solvers share.
#pragma once

#include "schedulers/scheduler_config.h"

#include <cstdint>
#include <vector>

namespace rushes {

/// numpy.linspace(start, stop, count): the last value is exactly `stop` when there are two or more.
std::vector<double> linear_spacing(double start, double stop, int count);

/// sigma -> shift * sigma / (1 + (shift - 1) * sigma): more steps at high noise.
template <typename Number>
Number shifted(Number sigma, double shift) {
    return static_cast<Number>(shift) * sigma / (1 + static_cast<Number>(shift - 1) * sigma);
}

/// The shift of the config, fixed or for so many tokens, and then 1 - sigma stretched so that the last sigma
/// becomes shift_terminal; in the precision of the numbers. Throws Error{bug} where a dynamic shift is not
/// told the tokens.
template <typename Number>
void shift_flow(std::vector<Number>& sigmas, const SchedulerConfig& config, std::int64_t tokens);

} // namespace rushes
