// The jobs as cards: the running one, those that wait in their order, those that failed. A thin view of the
// stored queue: what a person does shows at once and is told by a signal; what is stored comes by setJobs().
#pragma once

#include "jobs/job_queue.h"

#include <optional>
#include <vector>

#include <QAbstractListModel>
#include <QImage>

namespace rushes::ui {

struct QueueCard {
    Job job;
    double seconds = -1; ///< estimate, of the running one what is left; < 0: unknown
    QString state;       ///< of the running one: "block 5/7 · 3 s left"
    QImage thumbnail;

    bool running() const { return job.state == JobState::running; }
};

/// A job that a person took out, and where it stood.
struct RemovedJob {
    int row = 0;
    QueueCard card;
};

class QueueModel : public QAbstractListModel {
    Q_OBJECT

public:
    enum Role { id_role = Qt::UserRole + 1, running_role, state_role, failed_role };

    explicit QueueModel(QObject* parent = nullptr);

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;

    /// What is stored; jobs that are done or cancelled are left out. Keeps the pictures of those that stay.
    void setJobs(const std::vector<Job>& jobs);
    /// Estimates by row; what is missing is unknown.
    void setSeconds(const std::vector<double>& seconds);
    /// A job's turn has come.
    void begin(const Job& job);
    void setRunningState(const QString& state, double seconds_left);
    void setRunningThumbnail(const QImage& picture);

    /// Shows a new job at once; it is the caller who stores it.
    void add(const Job& job, double seconds, JobQueue::Place place = JobQueue::Place::end);
    /// A waiting job gets other settings; stored by the caller.
    void setRecipe(const QString& id, const Recipe& recipe);

    // By a person. Only jobs that wait can be moved, only those and failed ones removed.
    bool remove(const QString& id);
    bool move(const QString& id, int places); ///< < 0: towards the front
    void clearWaiting();
    // The same for an undo list: removed() is not told.
    void take(const QString& id);
    void putBack(const RemovedJob& removed);

    const QueueCard& card(int row) const { return cards_[static_cast<std::size_t>(row)]; }

    std::vector<Job> jobs() const;
    /// Not only clips that are made ahead do.
    bool personWaits() const;
    /// Row of a job that does not run.
    std::optional<int> rowOf(const QString& id) const;
    const QueueCard* running() const;
    int waiting() const;

    /// "3 clips · about 2 min": all that is still to be made; empty when that is one clip or none.
    QString totalText() const;

signals:
    void countChanged(int jobs);
    void removed(const std::vector<rushes::ui::RemovedJob>& jobs); ///< by the person; in order
    // What is to be stored.
    void cancelled(const std::vector<std::string>& ids);
    void moved(const QString& id, const QString& to);           ///< to the place of another one
    void broughtBack(const QString& id, const QString& before); ///< another waiting one; empty: at the end

private:
    /// Takes rows out and tells what is to be stored.
    std::vector<RemovedJob> cancel(int first, int last);
    void erase(int first, int last);
    void changed(int row);

    std::vector<QueueCard> cards_;
};

} // namespace rushes::ui
