#include "serve/device_watch.h"

#include <algorithm>
#include <numeric>

namespace rushes::serve {

DeviceWatch::DeviceWatch(int cores, std::function<ProcessorTimes()> times)
    : cores_(std::max(1, cores)), times_(std::move(times)) {}

DeviceWatch::DeviceWatch(std::function<CardUse()> card) : card_(std::move(card)) {}

void DeviceWatch::look(Clock::time_point now, bool busy) {
    const CardUse card = card_ ? card_() : CardUse();
    const std::lock_guard lock(mutex_);
    const double use = card_ ? card.use : processor_use(now);
    // A second in which a clip began or ended says nothing about how a clip is made.
    if (busy && was_busy_ && use >= 0) {
        keep(use);
    }
    card_memory_ = card.memory_bytes;
    was_busy_ = busy;
}

/// Since the last time.
double DeviceWatch::processor_use(Clock::time_point now) {
    const ProcessorTimes times = times_();
    const double seconds = std::chrono::duration<double>(now - last_time_).count();
    // The engine's threads give way to others and are not among `all`.
    const double worked = times.all - last_.all + times.own - last_.own;
    last_ = times;
    last_time_ = now;
    return seconds > 0 ? std::clamp(worked / (seconds * cores_), 0.0, 1.0) : -1;
}

void DeviceWatch::keep(double use) {
    uses_.push_back(use);
    if (uses_.size() > kept) {
        uses_.pop_front();
    }
}

std::uint64_t DeviceWatch::card_memory() const {
    const std::lock_guard lock(mutex_);
    return card_memory_;
}

double DeviceWatch::use() const {
    const std::lock_guard lock(mutex_);
    return uses_.size() < enough
               ? -1
               : std::accumulate(uses_.begin(), uses_.end(), 0.0) / static_cast<double>(uses_.size());
}

} // namespace rushes::serve
