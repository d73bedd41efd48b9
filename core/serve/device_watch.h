// How busy the device is while clips are made: looked at once a second.
#pragma once

#include "base/processor_load.h"

#include <chrono>
#include <deque>
#include <functional>
#include <mutex>

namespace rushes::serve {

class DeviceWatch {
public:
    using Clock = std::chrono::steady_clock;

    /// `cores`: of the processor. The clock and times are a test's or the system's.
    explicit DeviceWatch(int cores, std::function<ProcessorTimes()> times = processor_times);

    /// Once in a while; `busy`: a clip is being made.
    void look(Clock::time_point now, bool busy);

    /// 0..1: the share of the processor that this process took, mean of the last minute in which clips were
    /// made; < 0: too little was seen.
    double use() const;

private:
    static constexpr std::size_t kept = 60;
    static constexpr std::size_t enough = 5;

    const int cores_;
    const std::function<ProcessorTimes()> times_;
    mutable std::mutex mutex_;
    ProcessorTimes last_;
    Clock::time_point last_time_;
    bool was_busy_ = false;
    std::deque<double> uses_;
};

} // namespace rushes::serve
