#include "schedulers/sigma_spacing.h"

#include "base/error.h"
#include "schedulers/scheduler.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace rushes {

namespace {

template <typename Number>
void shift_dynamically(std::vector<Number>& sigmas, const DynamicShift& shift, std::int64_t tokens) {
    if (tokens < 1) {
        throw Error(
            ErrorKind::bug, "This scheduler's shift depends on the clip's size, which it was not told."
        );
    }
    const double mu = shift.mu(tokens);
    const auto gain = static_cast<Number>(shift.linear ? mu : std::exp(mu));
    for (Number& sigma : sigmas) {
        sigma = gain / (gain + (1 / sigma - 1));
    }
}

template <typename Number>
void stretch_to_terminal(std::vector<Number>& sigmas, double terminal) {
    const Number scale = (1 - sigmas.back()) / static_cast<Number>(1 - terminal);
    for (Number& sigma : sigmas) {
        sigma = 1 - (1 - sigma) / scale;
    }
}

} // namespace

std::vector<double> linear_spacing(double start, double stop, int count) {
    std::vector<double> values;
    values.reserve(static_cast<std::size_t>(std::max(count, 0)));
    const double step = count > 1 ? (stop - start) / (count - 1) : 0;
    for (int i = 0; i < count; ++i) {
        values.push_back(i > 0 && i == count - 1 ? stop : i * step + start);
    }
    return values;
}

template <typename Number>
void shift_flow(std::vector<Number>& sigmas, const SchedulerConfig& config, std::int64_t tokens) {
    if (config.dynamic_shift) {
        shift_dynamically(sigmas, *config.dynamic_shift, tokens);
    } else {
        for (Number& sigma : sigmas) {
            sigma = shifted(sigma, config.shift);
        }
    }
    if (config.shift_terminal) {
        stretch_to_terminal(sigmas, *config.shift_terminal);
    }
}

template void shift_flow(std::vector<float>&, const SchedulerConfig&, std::int64_t);
template void shift_flow(std::vector<double>&, const SchedulerConfig&, std::int64_t);

std::vector<double> even_sigmas(int steps) {
    return linear_spacing(1, 1.0 / steps, steps);
}

std::vector<double> linear_quadratic_sigmas(int steps, double threshold) {
    if (steps < 2) {
        return {1};
    }
    const int half = steps / 2;
    const double linear = half;
    const double quadratic = steps - half;
    const double rest = linear - threshold * steps;
    const double square = rest / (linear * quadratic * quadratic);
    const double slope = threshold / linear - 2 * rest / (quadratic * quadratic);
    std::vector<double> result;
    for (int i = 0; i < steps; ++i) {
        const double noise_gone =
            i < linear ? i * threshold / linear : square * i * i + slope * i + square * linear * linear;
        result.push_back(static_cast<float>(1 - noise_gone));
    }
    return result;
}

} // namespace rushes
