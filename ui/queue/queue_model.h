// The jobs: the running one first, then those that wait, as an item model.
#pragma once

#include "generation/plan.h"

#include <optional>
#include <vector>

#include <QAbstractListModel>
#include <QImage>

namespace rushes::ui {

struct QueuedJob {
    int id = 0;
    Plan plan;
    double seconds = -1; ///< estimate; < 0: unknown
    bool running = false;
    QString state; ///< of the running one: "block 5/7 · 3 s left"
    QImage thumbnail;
};

class QueueModel : public QAbstractListModel {
    Q_OBJECT

public:
    enum Role { id_role = Qt::UserRole + 1, running_role, state_role };

    explicit QueueModel(QObject* parent = nullptr);

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;

    int add(Plan plan, double seconds); ///< the new job's id
    /// Marks the first waiting job as running and returns it; empty when none waits.
    std::optional<QueuedJob> startNext();
    void setRunningState(const QString& state);
    void setRunningThumbnail(const QImage& picture);
    void endRunning();
    /// Only jobs that wait can be removed or moved.
    bool remove(int id);
    bool move(int id, int places); ///< < 0: towards the front
    void clearWaiting();

    const QueuedJob& job(int row) const { return jobs_[static_cast<std::size_t>(row)]; }

    /// Row of a job that waits.
    std::optional<int> rowOf(int id) const;

    const QueuedJob* running() const;
    int waiting() const;

signals:
    void countChanged(int jobs);

private:
    std::vector<QueuedJob> jobs_;
    int next_id_ = 1;
};

} // namespace rushes::ui
