#include "queue/queue_model.h"

#include "controls/choices.h"
#include "convert.h"

#include <algorithm>

namespace rushes::ui {

QueueModel::QueueModel(QObject* parent) : QAbstractListModel(parent) {}

int QueueModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(jobs_.size());
}

QVariant QueueModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const QueuedJob& entry = job(index.row());
    const QString prompt = toQString(entry.plan.recipe.prompt);
    const QString price = aboutSeconds(entry.seconds);
    const QString state = entry.running     ? entry.state
                          : price.isEmpty() ? tr("waiting")
                                            : tr("waiting · %1").arg(price);
    switch (role) {
    case Qt::DisplayRole:
        return prompt.isEmpty() ? tr("(no prompt)") : prompt.simplified();
    case Qt::AccessibleTextRole:
        return QStringLiteral("%1, %2").arg(prompt, state);
    case Qt::ToolTipRole:
        return prompt;
    case Qt::DecorationRole:
        return entry.thumbnail;
    case id_role:
        return entry.id;
    case running_role:
        return entry.running;
    case state_role:
        return state;
    default:
        return {};
    }
}

Qt::ItemFlags QueueModel::flags(const QModelIndex& index) const {
    return index.isValid() ? Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemNeverHasChildren
                           : Qt::NoItemFlags;
}

int QueueModel::add(Plan plan, double seconds) {
    const int row = static_cast<int>(jobs_.size());
    beginInsertRows({}, row, row);
    QueuedJob& entry = jobs_.emplace_back();
    entry.id = next_id_++;
    entry.plan = std::move(plan);
    entry.seconds = seconds;
    endInsertRows();
    emit countChanged(rowCount());
    return jobs_.back().id;
}

std::optional<QueuedJob> QueueModel::startNext() {
    if (jobs_.empty() || jobs_.front().running) {
        return std::nullopt;
    }
    jobs_.front().running = true;
    jobs_.front().state = tr("starting");
    emit dataChanged(index(0), index(0));
    return jobs_.front();
}

const QueuedJob* QueueModel::running() const {
    return !jobs_.empty() && jobs_.front().running ? &jobs_.front() : nullptr;
}

void QueueModel::setRunningState(const QString& state) {
    if (running() != nullptr) {
        jobs_.front().state = state;
        emit dataChanged(index(0), index(0));
    }
}

void QueueModel::setRunningThumbnail(const QImage& picture) {
    if (running() != nullptr) {
        jobs_.front().thumbnail = picture;
        emit dataChanged(index(0), index(0));
    }
}

void QueueModel::endRunning() {
    if (running() == nullptr) {
        return;
    }
    beginRemoveRows({}, 0, 0);
    jobs_.erase(jobs_.begin());
    endRemoveRows();
    emit countChanged(rowCount());
}

std::optional<int> QueueModel::rowOf(int id) const {
    const auto found = std::ranges::find(jobs_, id, &QueuedJob::id);
    if (found == jobs_.end() || found->running) {
        return std::nullopt;
    }
    return static_cast<int>(found - jobs_.begin());
}

bool QueueModel::remove(int id) {
    const auto row = rowOf(id);
    if (!row) {
        return false;
    }
    beginRemoveRows({}, *row, *row);
    jobs_.erase(jobs_.begin() + *row);
    endRemoveRows();
    emit countChanged(rowCount());
    return true;
}

bool QueueModel::move(int id, int places) {
    const auto row = rowOf(id);
    const int first = running() != nullptr ? 1 : 0;
    if (!row) {
        return false;
    }
    const int target = std::clamp(*row + places, first, rowCount() - 1);
    if (target == *row) {
        return false;
    }
    beginMoveRows({}, *row, *row, {}, target > *row ? target + 1 : target);
    QueuedJob moved = std::move(jobs_[static_cast<std::size_t>(*row)]);
    jobs_.erase(jobs_.begin() + *row);
    jobs_.insert(jobs_.begin() + target, std::move(moved));
    endMoveRows();
    return true;
}

void QueueModel::clearWaiting() {
    const int first = running() != nullptr ? 1 : 0;
    if (first >= rowCount()) {
        return;
    }
    beginRemoveRows({}, first, rowCount() - 1);
    jobs_.erase(jobs_.begin() + first, jobs_.end());
    endRemoveRows();
    emit countChanged(rowCount());
}

int QueueModel::waiting() const {
    return rowCount() - (running() != nullptr ? 1 : 0);
}

} // namespace rushes::ui
