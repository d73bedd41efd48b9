#include "queue/queue_model.h"

#include "controls/choices.h"
#include "convert.h"

#include <algorithm>

#include <QCoreApplication>
#include <QStringList>

namespace rushes::ui {

namespace {

bool shown(const Job& job) {
    return job.state != JobState::done && job.state != JobState::cancelled && job.state != JobState::encoded;
}

bool waits(const QueueCard& card) {
    return card.job.waits();
}

/// "832×480 · 5.1 s"; empty when the recipe leaves it to the model.
QString shapeWords(const Recipe& recipe) {
    if (recipe.width <= 0 || recipe.frames <= 0 || recipe.frame_rate.num <= 0) {
        return {};
    }
    return QCoreApplication::translate("QueueModel", "%1×%2 · %3 s")
        .arg(recipe.width)
        .arg(recipe.height)
        .arg(recipe.frames / recipe.frame_rate.fps(), 0, 'f', 1);
}

/// What the second line of a card says.
QString stateWords(const QueueCard& card) {
    if (card.running()) {
        return card.state;
    }
    if (card.job.state == JobState::failed) {
        return QCoreApplication::translate("QueueModel", "failed: %1").arg(toQString(card.job.failure));
    }
    const QString shape = shapeWords(card.job.recipe);
    QStringList parts;
    if (card.job.state == JobState::paused) {
        parts << QCoreApplication::translate("QueueModel", "begun, goes on");
    } else if (!card.job.failure.empty()) {
        parts << QCoreApplication::translate("QueueModel", "tries again");
    } else if (shape.isEmpty()) {
        parts << QCoreApplication::translate("QueueModel", "waiting");
    }
    parts << shape << aboutSeconds(card.seconds);
    parts.removeAll(QString());
    return parts.join(QStringLiteral(" · "));
}

} // namespace

QueueModel::QueueModel(QObject* parent) : QAbstractListModel(parent) {}

int QueueModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(cards_.size());
}

QVariant QueueModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const QueueCard& entry = card(index.row());
    const QString prompt = toQString(entry.job.recipe.prompt);
    const bool failed = entry.job.state == JobState::failed;
    const QString state = stateWords(entry);
    switch (role) {
    case Qt::DisplayRole:
        return prompt.isEmpty() ? tr("(no prompt)") : prompt.simplified();
    case Qt::AccessibleTextRole:
        return QStringLiteral("%1, %2").arg(prompt, state);
    case Qt::ToolTipRole:
        return failed ? QStringLiteral("%1\n%2 %3")
                            .arg(prompt, toQString(entry.job.failure), toQString(entry.job.hint))
                      : prompt;
    case Qt::DecorationRole:
        return entry.thumbnail;
    case id_role:
        return toQString(entry.job.id);
    case running_role:
        return entry.running();
    case failed_role:
        return failed;
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

void QueueModel::changed(int row) {
    emit dataChanged(index(row), index(row));
}

void QueueModel::erase(int first, int last) {
    beginRemoveRows({}, first, last);
    cards_.erase(cards_.begin() + first, cards_.begin() + last + 1);
    endRemoveRows();
}

void QueueModel::setJobs(const std::vector<Job>& jobs) {
    const int before = rowCount();
    for (int row = rowCount() - 1; row >= 0; --row) {
        const auto found = std::ranges::find(jobs, card(row).job.id, &Job::id);
        if (found == jobs.end() || !shown(*found)) {
            erase(row, row);
        }
    }
    int row = 0;
    for (const Job& job : jobs) {
        if (!shown(job)) {
            continue;
        }
        const auto from =
            std::ranges::find(cards_.begin() + row, cards_.end(), job.id, [](const QueueCard& entry) {
                return entry.job.id;
            });
        const int old = static_cast<int>(from - cards_.begin());
        if (from == cards_.end()) {
            beginInsertRows({}, row, row);
            cards_.insert(cards_.begin() + row, QueueCard{job, -1, {}, {}});
            endInsertRows();
        } else if (old != row) {
            beginMoveRows({}, old, old, {}, row);
            std::rotate(cards_.begin() + row, from, from + 1);
            endMoveRows();
        }
        QueueCard& entry = cards_[static_cast<std::size_t>(row)];
        if (job.state == JobState::running && entry.state.isEmpty()) {
            entry.state = tr("starting");
        }
        entry.job = job;
        ++row;
    }
    if (row > 0) {
        emit dataChanged(index(0), index(row - 1));
    }
    if (rowCount() != before) {
        emit countChanged(rowCount());
    }
}

void QueueModel::setSeconds(const std::vector<double>& seconds) {
    for (std::size_t row = 0; row < cards_.size(); ++row) {
        const double now = row < seconds.size() ? seconds[row] : -1;
        const bool measured =
            cards_[row].running() && cards_[row].seconds >= 0; // its own progress knows better
        if (!measured && cards_[row].seconds != now) {
            cards_[row].seconds = now;
            changed(static_cast<int>(row));
        }
    }
}

void QueueModel::add(const Job& job, double seconds, JobQueue::Place place) {
    // Before or behind what waits; failed ones stand at the end.
    const auto before = std::ranges::find_if(cards_, [place](const QueueCard& entry) {
        return !entry.running() && (place == JobQueue::Place::front || !waits(entry));
    });
    const int row = static_cast<int>(before - cards_.begin());
    beginInsertRows({}, row, row);
    cards_.insert(before, QueueCard{job, seconds, {}, {}});
    endInsertRows();
    emit countChanged(rowCount());
}

void QueueModel::setRecipe(const QString& id, const Recipe& recipe) {
    if (const auto row = rowOf(id)) {
        cards_[static_cast<std::size_t>(*row)].job.recipe = recipe;
        changed(*row);
    }
}

QString QueueModel::totalText() const {
    int clips = 0;
    double seconds = 0;
    for (const QueueCard& entry : cards_) {
        if (entry.running() || waits(entry)) {
            ++clips;
            seconds += std::max(0.0, entry.seconds);
        }
    }
    if (clips < 2) {
        return {};
    }
    const QString count = tr("%1 clips").arg(clips);
    return seconds > 0 ? QStringLiteral("%1 · %2").arg(count, aboutSeconds(seconds)) : count;
}

const QueueCard* QueueModel::running() const {
    return !cards_.empty() && cards_.front().running() ? &cards_.front() : nullptr;
}

std::vector<Job> QueueModel::jobs() const {
    std::vector<Job> jobs;
    std::ranges::transform(cards_, std::back_inserter(jobs), &QueueCard::job);
    return jobs;
}

bool QueueModel::personWaits() const {
    return std::ranges::any_of(cards_, [](const QueueCard& entry) {
        return waits(entry) && !is_warm(entry.job.id);
    });
}

void QueueModel::begin(const Job& job) {
    const auto row = rowOf(toQString(job.id));
    if (!row) {
        return; // the person has just removed it
    }
    if (*row != 0) {
        beginMoveRows({}, *row, *row, {}, 0);
        std::rotate(cards_.begin(), cards_.begin() + *row, cards_.begin() + *row + 1);
        endMoveRows();
    }
    cards_.front().job = job;
    cards_.front().state = tr("starting");
    changed(0);
}

void QueueModel::setRunningState(const QString& state, double seconds_left) {
    if (running() != nullptr) {
        cards_.front().state = state;
        cards_.front().seconds = seconds_left;
        changed(0);
    }
}

void QueueModel::setRunningThumbnail(const QImage& picture) {
    if (running() != nullptr) {
        cards_.front().thumbnail = picture;
        changed(0);
    }
}

std::optional<int> QueueModel::rowOf(const QString& id) const {
    const auto found =
        std::ranges::find(cards_, toStd(id), [](const QueueCard& entry) { return entry.job.id; });
    if (found == cards_.end() || found->running()) {
        return std::nullopt;
    }
    return static_cast<int>(found - cards_.begin());
}

std::vector<RemovedJob> QueueModel::cancel(int first, int last) {
    std::vector<RemovedJob> jobs;
    std::vector<std::string> ids;
    for (int row = first; row <= last; ++row) {
        jobs.push_back({row, card(row)});
        ids.push_back(card(row).job.id);
    }
    erase(first, last);
    emit countChanged(rowCount());
    emit cancelled(ids);
    return jobs;
}

bool QueueModel::remove(const QString& id) {
    const auto row = rowOf(id);
    if (!row) {
        return false;
    }
    emit removed(cancel(*row, *row));
    return true;
}

void QueueModel::take(const QString& id) {
    if (const auto row = rowOf(id)) {
        cancel(*row, *row);
    }
}

void QueueModel::putBack(const RemovedJob& removed) {
    if (rowOf(toQString(removed.card.job.id))) {
        return; // it is there
    }
    const int first = running() != nullptr ? 1 : 0;
    const int row = std::clamp(removed.row, first, first + waiting());
    beginInsertRows({}, row, row);
    QueueCard& entry = *cards_.insert(cards_.begin() + row, removed.card);
    entry.job.state = JobState::queued;
    endInsertRows();
    emit countChanged(rowCount());
    const bool last = row + 1 >= first + waiting();
    emit broughtBack(toQString(entry.job.id), last ? QString() : toQString(card(row + 1).job.id));
}

bool QueueModel::move(const QString& id, int places) {
    const auto row = rowOf(id);
    if (!row || !waits(card(*row))) {
        return false;
    }
    const int first = running() != nullptr ? 1 : 0;
    const int target = std::clamp(*row + places, first, first + waiting() - 1);
    if (target == *row) {
        return false;
    }
    const QString to = toQString(card(target).job.id);
    beginMoveRows({}, *row, *row, {}, target > *row ? target + 1 : target);
    QueueCard moving = std::move(cards_[static_cast<std::size_t>(*row)]);
    cards_.erase(cards_.begin() + *row);
    cards_.insert(cards_.begin() + target, std::move(moving));
    endMoveRows();
    emit moved(id, to);
    return true;
}

void QueueModel::clearWaiting() {
    const int first = running() != nullptr ? 1 : 0;
    if (waiting() == 0) {
        return;
    }
    emit removed(cancel(first, first + waiting() - 1));
}

int QueueModel::waiting() const {
    return static_cast<int>(std::ranges::count_if(cards_, waits));
}

} // namespace rushes::ui
