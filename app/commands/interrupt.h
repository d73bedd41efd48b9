// Ctrl+C: the first one asks to stop, the second one leaves at once; so does the first while nobody listens.
#pragma once

#include <atomic>
#include <csignal>
#include <stop_token>
#include <thread>

namespace rushes {

/// Make it before any other thread begins: they inherit that SIGINT and SIGTERM are not theirs. Ends its
/// thread and restores the signals when destroyed.
class InterruptWatch {
public:
    InterruptWatch();
    ~InterruptWatch();
    InterruptWatch(const InterruptWatch&) = delete;
    InterruptWatch& operator=(const InterruptWatch&) = delete;

    /// From now on somebody obeys a stop request. Before, there is nothing to keep (the engine is being
    /// loaded, which nothing can interrupt), and the process ends.
    std::stop_token token() {
        heard_ = true;
        return stop_.get_token();
    }

private:
    void watch();

    sigset_t signals_{};
    sigset_t before_{};
    std::stop_source stop_;
    std::atomic<bool> heard_ = false;
    int wake_ = -1; ///< eventfd: the watch is over
    std::thread thread_;
};

} // namespace rushes
