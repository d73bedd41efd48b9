// One thread that does what may wait for the disk, in the order in which it was asked.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace rushes::serve {

class WorkThread {
public:
    WorkThread() : thread_([this] { work(); }) {}

    /// What is left is dropped.
    ~WorkThread() { end(); }

    WorkThread(const WorkThread&) = delete;
    WorkThread& operator=(const WorkThread&) = delete;

    void post(std::function<void()> task) {
        {
            const std::lock_guard lock(mutex_);
            if (ending_) {
                return;
            }
            tasks_.push_back(std::move(task));
        }
        wake_.notify_one();
    }

    /// Waits for the task that runs; nothing is begun any more, and what waited is dropped with all it holds.
    void end() {
        std::deque<std::function<void()>> dropped;
        {
            const std::lock_guard lock(mutex_);
            ending_ = true;
            std::swap(dropped, tasks_);
        }
        wake_.notify_one();
        if (thread_.joinable()) {
            thread_.join();
        }
    }

private:
    void work() {
        std::unique_lock lock(mutex_);
        while (true) {
            wake_.wait(lock, [&] { return ending_ || !tasks_.empty(); });
            if (ending_) {
                return;
            }
            const std::function<void()> task = std::move(tasks_.front());
            tasks_.pop_front();
            lock.unlock();
            task();
            lock.lock();
        }
    }

    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<std::function<void()>> tasks_;
    bool ending_ = false;
    std::thread thread_; ///< last: starts when everything else is there
};

} // namespace rushes::serve
