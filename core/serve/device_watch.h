// How busy the device is while clips are made: looked at once a second.
#pragma once

#include "base/processor_load.h"
#include "serve/card_gauge.h"

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

    /// Of a graphics card.
    explicit DeviceWatch(std::function<CardUse()> card);

    /// Once in a while; `busy`: a clip is being made.
    void look(Clock::time_point now, bool busy);

    /// 0..1: the share of the processor that this process took, or that of the card, mean of the last minute
    /// in which clips were made; < 0: too little was seen.
    double use() const;

    /// 0: not known, or no card.
    std::uint64_t card_memory() const;

private:
    static constexpr std::size_t kept = 60;
    static constexpr std::size_t enough = 5;

    double processor_use(Clock::time_point now);
    void keep(double use);

    const int cores_ = 1;
    const std::function<ProcessorTimes()> times_;
    const std::function<CardUse()> card_;
    mutable std::mutex mutex_;
    ProcessorTimes last_;
    Clock::time_point last_time_;
    std::uint64_t card_memory_ = 0;
    bool was_busy_ = false;
    std::deque<double> uses_;
};

} // namespace rushes::serve
