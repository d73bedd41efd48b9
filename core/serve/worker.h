// Makes the clips of the queue, one after the other, and shows them while they are made.
#pragma once

#include "generation/engine.h"
#include "serve/desk.h"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

namespace rushes::serve {

class Worker {
public:
    /// Connects itself with the desk. `engine` is used on the worker's thread only.
    Worker(Desk& desk, Broadcast& broadcast, Measures& measures, Engine& engine);
    /// Breaks off what runs: its job goes on at the next start.
    ~Worker();
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    /// The job that runs; empty: none.
    std::string running() const;

    /// Begins no further job; the running one may take until `deadline`, then it is broken off and goes on at
    /// the next start. Returns when nothing runs.
    void drain(std::chrono::steady_clock::time_point deadline);

    /// Waits until nothing waits or runs that this worker could make, or `stop` is requested.
    void wait_until_idle(std::stop_token stop);

private:
    struct Run {
        std::string id;
        std::stop_source stop;
        std::shared_ptr<Steering> steering; ///< null: the model makes its clips in one piece
        std::atomic<bool> goes_on{false};   ///< when it is stopped: its job stays in the queue
    };

    void work();
    bool wait_for_news();
    void make_room_for_people();
    bool stop_running(const std::string& id);
    void begin(const Job& job);
    void make(const Job& job, const Plan& plan, Run& run);
    void keep(const Job& job, const Plan& plan, const Run& run, const JobResult& result, LiveClip& clip);

    Desk& desk_;
    Broadcast& broadcast_;
    Measures& measures_;
    Engine& engine_;
    mutable std::mutex mutex_;
    std::condition_variable_any wake_;
    std::shared_ptr<Run> run_;
    bool news_ = true;
    bool closing_ = false;
    bool idle_ = false;
    std::thread thread_; ///< last: starts when everything else is there
};

} // namespace rushes::serve
