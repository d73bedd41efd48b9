#include "session/stored_queue.h"

#include "convert.h"
#include "work/home_call.h"

#include <atomic>
#include <optional>
#include <unistd.h>

#include <QStringList>

namespace rushes::ui {

namespace {

constexpr int look_milliseconds = 1000;

} // namespace

struct StoredQueue::Store {
    std::filesystem::path file;
    std::optional<JobQueue> queue;
    std::atomic<int> asked{0}; ///< changes
    std::atomic<int> made{0};

    void open() { queue.emplace(file); }

    /// When the file can't be used: nothing is kept, but clips can be made.
    void open_elsewhere() {
        file =
            std::filesystem::temp_directory_path() / ("rushes-queue-" + std::to_string(::getpid()) + ".db");
        queue.emplace(file);
    }
};

StoredQueue::StoredQueue(std::filesystem::path database, QObject* parent)
    : QObject(parent), store_(std::make_shared<Store>()) {
    store_->file = std::move(database);
    look_.setInterval(look_milliseconds);
    connect(&look_, &QTimer::timeout, this, &StoredQueue::look);
    retry_.setSingleShot(true);
    connect(&retry_, &QTimer::timeout, this, &StoredQueue::take);
}

StoredQueue::~StoredQueue() {
    // The clean end belongs on the thread that used the queue.
    thread_.postToFinish([store = store_](std::stop_token) { store->queue.reset(); });
}

void StoredQueue::open(Change first) {
    ++store_->asked;
    thread_.postToFinish([this, first = std::move(first)](std::stop_token) {
        ++store_->made;
        try {
            try {
                store_->open();
            } catch (const Error& error) {
                tellFailure(error);
                store_->open_elsewhere();
            }
            first(*store_->queue);
            QStringList problems;
            for (const std::string& problem : store_->queue->problems()) {
                problems << toQString(problem);
            }
            tell();
            if (!problems.isEmpty()) {
                callHome(this, [this, problems] { emit found(problems); });
            }
        } catch (const Error& error) {
            tellFailure(error);
        }
    });
    look_.start();
}

void StoredQueue::change(Change change) {
    ++store_->asked;
    thread_.postToFinish([this, change = std::move(change)](std::stop_token stop) {
        try {
            if (store_->queue) { // else it was told why when it was opened
                change(*store_->queue);
            }
        } catch (const Error& error) {
            tellFailure(error);
        }
        if (++store_->made == store_->asked && store_->queue && !stop.stop_requested()) {
            tell();
        }
    });
}

void StoredQueue::take() {
    thread_.post([this](std::stop_token) {
        try {
            const auto job = store_->queue ? store_->queue->take() : std::nullopt;
            if (job) {
                callHome(this, [this, job = *job] { emit taken(job); });
                tell();
            } else if (store_->queue) {
                waitFor(store_->queue->retry_in());
            }
        } catch (const Error& error) {
            tellFailure(error);
        }
    });
}

/// On the queue's thread. A timer may be a little early: then what it woke for is not due yet, and it waits
/// for the rest.
void StoredQueue::waitFor(std::optional<std::chrono::milliseconds> retry) {
    if (retry && retry->count() > 0) {
        callHome(this, [this, wait = *retry] { retry_.start(wait); });
    }
}

/// Every second: what another window added or moved, and whether the window that owned the queue is gone.
void StoredQueue::look() {
    thread_.post([this](std::stop_token) {
        try {
            JobQueue* queue = store_->queue ? &*store_->queue : nullptr;
            if (queue == nullptr) {
                return;
            }
            const bool owned = queue->owned();
            const bool now_owned = queue->try_to_own();
            if (queue->changed_elsewhere() || now_owned != owned) {
                tell();
            }
        } catch (const Error&) {
            // The disk may be away for a moment; who changes something is told.
        }
    });
}

/// On the queue's thread.
void StoredQueue::tell() {
    const JobQueue& queue = *store_->queue;
    Snapshot snapshot{queue.jobs(), queue.paused(), queue.owned()};
    callHome(
        this,
        [this, snapshot = std::move(snapshot), retry = queue.retry_in(), made = int(store_->made)] {
            if (retry) {
                retry_.start(*retry);
            }
            if (made == store_->asked) { // else it is older than what the person did, and another one follows
                emit changed(snapshot);
            }
        }
    );
}

void StoredQueue::tellFailure(const Error& error) {
    callHome(this, [this, error] { emit failed(error); });
}

} // namespace rushes::ui
