#include "library/clip_grid_model.h"

#include "convert.h"
#include "library/clip_strip_model.h"

#include <algorithm>
#include <utility>

namespace rushes::ui {

namespace {

constexpr std::size_t most_held = 3000; ///< of several screens; a thumbnail takes 0.1 MB

} // namespace

ClipGridModel::ClipGridModel(QObject* parent) : QAbstractListModel(parent) {
    ask_.setSingleShot(true);
    ask_.setInterval(0); // once for all that a view paints at one time
    connect(&ask_, &QTimer::timeout, this, &ClipGridModel::ask);
}

int ClipGridModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(ids_.size());
}

QVariant ClipGridModel::data(const QModelIndex& index, int role) const {
    return checkIndex(index, CheckIndexOption::IndexIsValid) ? clipData(item(index.row()), role) : QVariant();
}

Qt::ItemFlags ClipGridModel::flags(const QModelIndex& index) const {
    if (!index.isValid()) {
        return Qt::NoItemFlags;
    }
    return Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemNeverHasChildren | Qt::ItemIsDragEnabled;
}

QStringList ClipGridModel::mimeTypes() const {
    return {QStringLiteral("text/uri-list")};
}

QMimeData* ClipGridModel::mimeData(const QModelIndexList& indexes) const {
    QStringList files;
    for (const QModelIndex& index : indexes) {
        if (const ClipItem& clip = item(index.row()); !clip.missing && !clip.record.file.empty()) {
            files << toQString(clip.record.file);
        }
    }
    return fileData(files); // the drag owns it
}

void ClipGridModel::setIds(std::vector<std::int64_t> ids) {
    if (ids == ids_) {
        return;
    }
    const auto more = static_cast<std::ptrdiff_t>(ids.size()) - static_cast<std::ptrdiff_t>(ids_.size());
    // What is seen stays where it is while the rest arrives, or a new clip comes.
    if (!ids_.empty() && more > 0 && std::equal(ids_.begin(), ids_.end(), ids.begin())) {
        beginInsertRows({}, static_cast<int>(ids_.size()), static_cast<int>(ids.size()) - 1);
        ids_ = std::move(ids);
        endInsertRows();
    } else if (!ids_.empty() && more > 0 && std::equal(ids_.begin(), ids_.end(), ids.begin() + more)) {
        beginInsertRows({}, 0, static_cast<int>(more) - 1);
        ids_ = std::move(ids);
        endInsertRows();
    } else {
        beginResetModel();
        ids_ = std::move(ids);
        endResetModel();
    }
}

std::optional<int> ClipGridModel::rowOf(std::int64_t id) const {
    const auto found = std::ranges::find(ids_, id);
    return found == ids_.end() ? std::nullopt : std::optional(static_cast<int>(found - ids_.begin()));
}

const ClipItem& ClipGridModel::item(int row) const {
    const std::int64_t id = idAt(row);
    const auto [place, fresh] = items_.try_emplace(id);
    Held& held = place->second;
    if (fresh) {
        held.item.record.id = id;
        order_.push_back(id);
        wanted_.push_back(id);
        ask_.start();
    } else if (held.known && !held.picture_asked && held.item.thumbnail.isNull() && !held.item.missing) {
        held.picture_asked = true;
        pictures_wanted_.push_back(id);
        ask_.start();
    }
    return held.item;
}

std::optional<ClipItem> ClipGridModel::find(std::int64_t id) const {
    const auto held = items_.find(id);
    return held != items_.end() && held->second.known ? std::optional(held->second.item) : std::nullopt;
}

void ClipGridModel::ask() {
    while (order_.size() > most_held) {
        items_.erase(order_.front());
        order_.pop_front();
    }
    if (!wanted_.empty()) {
        emit recordsWanted(std::exchange(wanted_, {}));
    }
    for (const std::int64_t id : std::exchange(pictures_wanted_, {})) {
        if (const auto held = items_.find(id); held != items_.end()) {
            emit pictureWanted(id, toQString(held->second.item.record.file));
        }
    }
}

void ClipGridModel::setRecords(const std::vector<ClipRecord>& records) {
    for (const ClipRecord& record : records) {
        if (const auto held = items_.find(record.id); held != items_.end()) {
            held->second.known = true;
            held->second.item.record = record;
            changed(record.id);
        }
    }
}

void ClipGridModel::remove(std::int64_t id) {
    if (const auto row = rowOf(id)) {
        beginRemoveRows({}, *row, *row);
        ids_.erase(ids_.begin() + *row);
        endRemoveRows();
    }
}

void ClipGridModel::askAgain(std::int64_t id) {
    if (const auto held = items_.find(id); held != items_.end()) {
        held->second.picture_asked = false;
    }
}

void ClipGridModel::changed(std::int64_t id) {
    if (const auto row = rowOf(id)) {
        emit dataChanged(index(*row), index(*row));
    }
}

} // namespace rushes::ui
