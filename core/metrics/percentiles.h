// Percentiles of repeated measurements.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

namespace rushes {

/// The p-th percentile (0..100) with linear interpolation between the two nearest ranks (Hyndman and Fan
/// 1996, type 7: what NumPy and R use). 0 for no values.
inline double percentile(std::vector<double> values, double p) {
    if (values.empty()) {
        return 0;
    }
    std::ranges::sort(values);
    const double rank = std::clamp(p, 0.0, 100.0) / 100 * static_cast<double>(values.size() - 1);
    const auto below = static_cast<std::size_t>(rank);
    const std::size_t above = std::min(below + 1, values.size() - 1);
    return std::lerp(values[below], values[above], rank - std::floor(rank));
}

struct Spread {
    double p50 = 0;
    double p95 = 0;
    double p99 = 0;
};

inline Spread spread_of(const std::vector<double>& values) {
    return {percentile(values, 50), percentile(values, 95), percentile(values, 99)};
}

} // namespace rushes
