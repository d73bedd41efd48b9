#include "base/processor_load.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <ctime>
#include <fstream>
#include <string>
#include <sys/resource.h>
#include <unistd.h>
#include <utility>

namespace rushes {

namespace {

constexpr double window = 0.1; ///< seconds: ten of the ticks that the system counts in

/// proc(5): "cpu user nice system idle iowait irq softirq steal ...", in ticks.
double busy_seconds(bool with_niced) {
    std::ifstream file("/proc/stat");
    std::string name;
    std::array<double, 8> ticks{};
    file >> name;
    for (double& value : ticks) {
        file >> value;
    }
    if (!file) {
        return 0;
    }
    const auto [user, nice, system, idle, iowait, irq, softirq, steal] = ticks;
    const double busy = user + (with_niced ? nice : 0) + system + irq + softirq + steal;
    return busy / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

/// proc(5): three averages, then "running/existing".
int running_threads() {
    std::ifstream file("/proc/loadavg");
    std::array<double, 3> averages{};
    int running = 0;
    file >> averages[0] >> averages[1] >> averages[2] >> running;
    return file ? running : 0;
}

double own_seconds() {
    timespec time{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

} // namespace

ProcessorTimes processor_times() {
    const bool gives_way = ::getpriority(PRIO_PROCESS, 0) > 0;
    return {busy_seconds(gives_way), own_seconds(), running_threads()};
}

OtherPrograms::OtherPrograms(std::function<ProcessorTimes()> times, std::function<Clock::time_point()> now)
    : times_(std::move(times)),
      now_(std::move(now)),
      last_(times_()),
      last_time_(now_()),
      busy_cores_(std::max(0, last_.running - 1)) {}

double OtherPrograms::busy_cores() {
    const Clock::time_point now = now_();
    const double seconds = std::chrono::duration<double>(now - last_time_).count();
    if (seconds < window) {
        return busy_cores_;
    }
    const ProcessorTimes times = times_();
    busy_cores_ = std::max(0.0, (times.all - last_.all) - (times.own - last_.own)) / seconds;
    last_ = times;
    last_time_ = now;
    return busy_cores_;
}

int threads_beside(double busy_cores, int most, int cores) {
    const int free = cores - static_cast<int>(std::lround(std::min(busy_cores, static_cast<double>(cores))));
    return std::clamp(free, (most + 1) / 2, most);
}

} // namespace rushes
