// The durable queue behind the window: every call is work on a thread of its own, what comes of it is told on
// the UI thread. Several windows may share one queue; one of them owns it and makes the clips.
#pragma once

#include "jobs/job_queue.h"
#include "work/task_thread.h"

#include <functional>
#include <memory>

#include <QObject>
#include <QTimer>

namespace rushes::ui {

class StoredQueue : public QObject {
    Q_OBJECT

public:
    struct Snapshot {
        std::vector<Job> jobs;
        bool paused = false;
        bool owned = true;
    };

    explicit StoredQueue(std::filesystem::path database, QObject* parent = nullptr);
    ~StoredQueue() override;

    /// changed() follows; failed() when the file can't be used: the queue of this session is then kept
    /// nowhere.
    using Change = std::function<void(JobQueue&)>;
    /// `first` is made with it.
    void open(Change first);

    /// Also while the program is ending, and from any thread; changed() follows when nothing else waits to be
    /// done.
    void change(Change change);
    /// The next job, if there is one for this window now: taken() follows.
    void take();

signals:
    void changed(const rushes::ui::StoredQueue::Snapshot& snapshot);
    void taken(const rushes::Job& job);
    /// What was found when the queue was opened: "Rushes was ended while it worked ..."
    void found(const QStringList& problems);
    void failed(const rushes::Error& error);

private:
    struct Store;

    void look();
    void waitFor(std::optional<std::chrono::milliseconds> retry);
    void tell();
    void tellFailure(const Error& error);

    std::shared_ptr<Store> store_; ///< the queue lives on its thread
    QTimer look_;                  ///< for what another window did
    QTimer retry_;
    TaskThread thread_; ///< last: ends first, and finishes what must be kept
};

} // namespace rushes::ui
