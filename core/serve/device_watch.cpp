#include "serve/device_watch.h"

#include <algorithm>
#include <numeric>

namespace rushes::serve {

DeviceWatch::DeviceWatch(int cores, std::function<ProcessorTimes()> times)
    : cores_(std::max(1, cores)), times_(std::move(times)) {}

void DeviceWatch::look(Clock::time_point now, bool busy) {
    const ProcessorTimes times = times_();
    const std::lock_guard lock(mutex_);
    const double seconds = std::chrono::duration<double>(now - last_time_).count();
    // A second in which a clip began or ended says nothing about how a clip is made.
    if (busy && was_busy_ && seconds > 0) {
        // The engine's threads give way to others and are not among `all`.
        const double worked = times.all - last_.all + times.own - last_.own;
        uses_.push_back(std::clamp(worked / (seconds * cores_), 0.0, 1.0));
        if (uses_.size() > kept) {
            uses_.pop_front();
        }
    }
    last_ = times;
    last_time_ = now;
    was_busy_ = busy;
}

double DeviceWatch::use() const {
    const std::lock_guard lock(mutex_);
    return uses_.size() < enough
               ? -1
               : std::accumulate(uses_.begin(), uses_.end(), 0.0) / static_cast<double>(uses_.size());
}

} // namespace rushes::serve
