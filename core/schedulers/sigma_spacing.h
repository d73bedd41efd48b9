// What the spacings of both solvers share.
#pragma once

#include <optional>
#include <vector>

namespace rushes {

/// numpy.linspace(start, stop, count): the last value is exactly `stop` when there are two or more.
std::vector<double> linear_spacing(double start, double stop, int count);

/// sigma -> shift * sigma / (1 + (shift - 1) * sigma): more steps at high noise.
double shifted(double sigma, double shift);

/// Stretches 1 - sigma so that the last sigma becomes `terminal`.
void stretch_to_terminal(std::vector<double>& sigmas, std::optional<double> terminal);

} // namespace rushes
