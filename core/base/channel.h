// The two conduits that carry frames between threads (docs/architecture.md, "Conduits").
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>

namespace rushes {

/// Bounded in items and bytes, closable. Nothing is lost: a producer waits while the channel is full.
/// One item is always let in, however large, so that a bound smaller than one item cannot dead-lock.
/// `on_ready` is called, outside the lock, only when the channel turns from empty to not empty (or is
/// closed).
template <typename T>
class Channel {
public:
    using SizeOf = std::size_t (*)(const T&);

    Channel(std::size_t max_items, std::size_t max_bytes, SizeOf size_of, std::function<void()> on_ready = {})
        : max_items_(max_items), max_bytes_(max_bytes), size_of_(size_of), on_ready_(std::move(on_ready)) {}

    /// Waits for room. False when the channel was closed or `stop` was requested: the value was not taken.
    bool push(T value, std::stop_token stop) {
        const std::size_t size = size_of_(value);
        bool wake = false;
        {
            std::unique_lock lock(mutex_);
            const auto has_room = [&] {
                return closed_ || items_.empty() ||
                       (items_.size() < max_items_ && bytes_ + size <= max_bytes_);
            };
            if (!room_.wait(lock, stop, has_room) || closed_) {
                return false;
            }
            wake = items_.empty();
            bytes_ += size;
            items_.push_back(std::move(value));
        }
        filled_.notify_one();
        if (wake && on_ready_) {
            on_ready_();
        }
        return true;
    }

    /// Waits for an item. Empty when the channel is closed and drained, or `stop` was requested.
    std::optional<T> pop(std::stop_token stop) {
        std::unique_lock lock(mutex_);
        if (!filled_.wait(lock, stop, [&] { return closed_ || !items_.empty(); })) {
            return std::nullopt;
        }
        return take(lock);
    }

    std::optional<T> try_pop() {
        std::unique_lock lock(mutex_);
        return take(lock);
    }

    /// No more pushes; what is inside can still be popped.
    void close() {
        {
            const std::lock_guard lock(mutex_);
            closed_ = true;
        }
        room_.notify_all();
        filled_.notify_all();
        if (on_ready_) {
            on_ready_();
        }
    }

private:
    std::optional<T> take(std::unique_lock<std::mutex>& lock) {
        if (items_.empty()) {
            return std::nullopt;
        }
        std::optional<T> value(std::move(items_.front()));
        items_.pop_front();
        bytes_ -= size_of_(*value);
        lock.unlock();
        room_.notify_one();
        return value;
    }

    const std::size_t max_items_;
    const std::size_t max_bytes_;
    const SizeOf size_of_;
    const std::function<void()> on_ready_;
    std::mutex mutex_;
    std::condition_variable_any room_;
    std::condition_variable_any filled_;
    std::deque<T> items_;
    std::size_t bytes_ = 0;
    bool closed_ = false;
};

/// One slot, latest wins: for previews and progress. Putting never waits; what nobody took in time is
/// dropped. `on_ready` is called, outside the lock, only when the slot turns from empty to full.
template <typename T>
class Mailbox {
public:
    explicit Mailbox(std::function<void()> on_ready = {}) : on_ready_(std::move(on_ready)) {}

    void put(T value) {
        bool wake = false;
        {
            const std::lock_guard lock(mutex_);
            wake = !slot_.has_value();
            slot_ = std::move(value);
        }
        if (wake && on_ready_) {
            on_ready_();
        }
    }

    std::optional<T> take() {
        const std::lock_guard lock(mutex_);
        return std::exchange(slot_, std::nullopt);
    }

private:
    const std::function<void()> on_ready_;
    std::mutex mutex_;
    std::optional<T> slot_;
};

} // namespace rushes
