#include "metrics/alerts.h"

#include <cmath>
#include <cstdio>

namespace rushes {
namespace {

std::string fixed(double value, int digits) {
    char text[64];
    std::snprintf(text, sizeof text, "%.*f", digits, value);
    return text;
}

std::string percent(double share) {
    return fixed(share * 100, 0) + " %";
}

} // namespace

std::vector<Alert> alerts_of(const ServiceHealth& health) {
    std::vector<Alert> alerts;
    if (health.p99_seconds > threshold::p99_seconds) {
        alerts.push_back(
            {"slow",
             "The slowest clips take " + fixed(health.p99_seconds, 1) + " s (P99), more than " +
                 fixed(threshold::p99_seconds, 0) + " s.",
             health.p99_seconds,
             threshold::p99_seconds}
        );
    }
    if (health.device_use >= 0 && health.device_use < threshold::device_idle) {
        alerts.push_back(
            {"device_idle",
             "The device is busy for " + percent(health.device_use) +
                 " of the time while clips are made, less than " + percent(threshold::device_idle) + ".",
             health.device_use,
             threshold::device_idle}
        );
    }
    if (health.device_use > threshold::device_full) {
        alerts.push_back(
            {"device_full",
             "The device is busy for " + percent(health.device_use) + " of the time, more than " +
                 percent(threshold::device_full) + ": it has no room for more.",
             health.device_use,
             threshold::device_full}
        );
    }
    if (health.ssim >= 0 && health.ssim < threshold::ssim) {
        alerts.push_back(
            {"quality",
             "The files keep too little of the frames: SSIM " + fixed(health.ssim, 2) + ", less than " +
                 fixed(threshold::ssim, 2) + ".",
             health.ssim,
             threshold::ssim}
        );
    }
    if (health.waiting > threshold::waiting) {
        alerts.push_back(
            {"queue",
             std::to_string(health.waiting) + " jobs wait, more than " + std::to_string(threshold::waiting) +
                 ".",
             double(health.waiting),
             double(threshold::waiting)}
        );
    }
    return alerts;
}

} // namespace rushes
