// One thread with a queue of tasks: disk, database, decoding, the engine. The window only posts and goes on.
#pragma once

#include "base/error.h"

#include <condition_variable>
#include <cstdio>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>

namespace rushes::ui {

class TaskThread {
public:
    /// Gets the thread's stop token: requested when the thread is about to end.
    using Task = std::function<void(std::stop_token)>;

    TaskThread() : thread_([this](std::stop_token stop) { run(stop); }) {}

    /// Stops the running task through its token; tasks that wait are dropped unless they were posted to be
    /// finished.
    ~TaskThread() = default;

    TaskThread(const TaskThread&) = delete;
    TaskThread& operator=(const TaskThread&) = delete;

    void post(Task task) { push({std::move(task), false}); }

    /// Before everything that waits: what is under the mouse now.
    void postFirst(Task task) { push({std::move(task), false}, true); }

    /// Done even when the program is ending (a clip's record, the settings).
    void postToFinish(Task task) { push({std::move(task), true}); }

private:
    struct Entry {
        Task task;
        bool must_finish = false;
    };

    void push(Entry entry, bool first = false) {
        {
            const std::lock_guard lock(mutex_);
            entries_.insert(first ? entries_.begin() : entries_.end(), std::move(entry));
        }
        filled_.notify_one();
    }

    void run(const std::stop_token& stop) {
        for (;;) {
            std::unique_lock lock(mutex_);
            filled_.wait(lock, stop, [&] { return !entries_.empty(); });
            if (entries_.empty()) {
                return; // stopped
            }
            const Entry entry = std::move(entries_.front());
            entries_.pop_front();
            lock.unlock();
            if (!stop.stop_requested() || entry.must_finish) {
                guarded(entry.task, stop);
            }
        }
    }

    /// The border of this thread. Tasks turn their errors into values themselves; what gets here is a bug of
    /// ours, worth a line and not the person's work.
    static void guarded(const Task& task, const std::stop_token& stop) {
        try {
            task(stop);
        } catch (const std::exception& error) {
            std::fprintf(stderr, "rushes: a task in the background failed: %s\n", error.what());
        } catch (const Stopped&) {
            // The thread is ending.
        }
    }

    std::mutex mutex_;
    std::condition_variable_any filled_;
    std::deque<Entry> entries_;
    std::jthread thread_; ///< last: starts when everything else is there, ends first
};

} // namespace rushes::ui
