// When a service is not well, by the thresholds of the articles that it was built after.
#pragma once

#include <string>
#include <vector>

namespace rushes {

struct ServiceHealth {
    double p99_seconds = -1; ///< of a clip, from its request to its file; < 0: none was made
    double device_use = -1;  ///< 0..1 while clips are made; < 0: not known
    double ssim = -1;        ///< of the files against the frames, the latest clips' mean; < 0: not known
    int waiting = 0;         ///< jobs
};

struct Alert {
    std::string id;       ///< slow | device_idle | device_full | quality | queue
    std::string sentence; ///< for people
    double value = 0;
    double threshold = 0;

    bool operator==(const Alert&) const = default;
};

namespace threshold {
inline constexpr double p99_seconds = 15;
inline constexpr double device_idle = 0.40;
inline constexpr double device_full = 0.95;
inline constexpr double ssim = 0.75;
inline constexpr int waiting = 5;
} // namespace threshold

std::vector<Alert> alerts_of(const ServiceHealth& health);

} // namespace rushes
