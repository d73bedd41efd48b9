// What other programs take of the processor: a parallel step is as slow as its slowest thread, so one core
// that somebody else keeps busy holds up all of ours.
#pragma once

#include <chrono>
#include <functional>

namespace rushes {

/// Seconds of processor time since the machine or the process was started.
struct ProcessorTimes {
    double all = 0; ///< of all programs that don't give way to ours
    double own = 0; ///< of this process
    int running =
        0; ///< threads of all programs that run or wait for a core at this moment, the asking one among them
};

/// From /proc/stat and /proc/loadavg; zeros where the system does not tell. Programs with a lower priority
/// (nice) are counted only by a thread that has one itself.
ProcessorTimes processor_times();

/// One thread at a time.
class OtherPrograms {
public:
    using Clock = std::chrono::steady_clock;

    explicit OtherPrograms(
        std::function<ProcessorTimes()> times = processor_times,
        std::function<Clock::time_point()> now = Clock::now
    );

    /// Cores that they keep busy, over the last tenth of a second or more. Before that much time has passed:
    /// as many as threads of theirs were running when this was made.
    double busy_cores();

private:
    std::function<ProcessorTimes()> times_;
    std::function<Clock::time_point()> now_;
    ProcessorTimes last_;
    Clock::time_point last_time_;
    double busy_cores_ = 0;
};

/// Threads to compute with where `most` are allowed: none on a core that others keep busy, but at least half
/// of them, for who shares a full machine fairly gets half of it.
int threads_beside(double busy_cores, int most, int cores);

} // namespace rushes
