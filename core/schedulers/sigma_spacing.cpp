#include "schedulers/sigma_spacing.h"

#include <algorithm>
#include <cstddef>

namespace rushes {

std::vector<double> linear_spacing(double start, double stop, int count) {
    std::vector<double> values;
    values.reserve(static_cast<std::size_t>(std::max(count, 0)));
    const double step = count > 1 ? (stop - start) / (count - 1) : 0;
    for (int i = 0; i < count; ++i) {
        values.push_back(i > 0 && i == count - 1 ? stop : i * step + start);
    }
    return values;
}

double shifted(double sigma, double shift) {
    return shift * sigma / (1 + (shift - 1) * sigma);
}

void stretch_to_terminal(std::vector<double>& sigmas, std::optional<double> terminal) {
    if (!terminal) {
        return;
    }
    const double scale = (1 - sigmas.back()) / (1 - *terminal);
    for (double& sigma : sigmas) {
        sigma = 1 - (1 - sigma) / scale;
    }
}

} // namespace rushes
