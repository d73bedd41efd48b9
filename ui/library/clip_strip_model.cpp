#include "library/clip_strip_model.h"

#include "convert.h"

#include <algorithm>

#include <QCoreApplication>
#include <QMimeData>
#include <QUrl>

namespace rushes::ui {

QString clipLabel(const ClipItem& item) {
    if (item.running) {
        return QCoreApplication::translate("FilmStrip", "now");
    }
    const double rate = std::max(item.record.recipe.frame_rate.fps(), 0.001);
    const QString seconds =
        QCoreApplication::translate("FilmStrip", "%1 s").arg(item.record.frames / rate, 0, 'f', 1);
    if (item.missing) {
        return QCoreApplication::translate("FilmStrip", "file is gone");
    }
    if (item.record.state == ClipState::finished) {
        return item.record.frames == 1 ? QCoreApplication::translate("FilmStrip", "still") : seconds;
    }
    return QCoreApplication::translate("FilmStrip", "stopped %1").arg(seconds);
}

QVariant clipData(const ClipItem& entry, int role) {
    switch (role) {
    case Qt::DisplayRole:
    case ClipStripModel::label_role:
        return clipLabel(entry);
    case Qt::AccessibleTextRole:
        return QStringLiteral("%1, %2").arg(toQString(entry.record.recipe.prompt), clipLabel(entry));
    case Qt::ToolTipRole:
        return toQString(entry.record.recipe.prompt);
    case Qt::DecorationRole:
        return entry.thumbnail;
    case ClipStripModel::id_role:
        return static_cast<qlonglong>(entry.record.id);
    case ClipStripModel::running_role:
        return entry.running;
    case ClipStripModel::missing_role:
        return entry.missing;
    case ClipStripModel::stopped_role:
        return !entry.running && entry.record.state != ClipState::finished;
    case ClipStripModel::file_role:
        return toQString(entry.record.file);
    default:
        return {};
    }
}

QMimeData* fileData(const QStringList& files) {
    QList<QUrl> urls;
    for (const QString& file : files) {
        urls << QUrl::fromLocalFile(file);
    }
    auto* data = new QMimeData;
    data->setUrls(urls);
    return data;
}

ClipStripModel::ClipStripModel(QObject* parent) : QAbstractListModel(parent) {}

int ClipStripModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(items_.size());
}

QVariant ClipStripModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    return clipData(item(index.row()), role);
}

Qt::ItemFlags ClipStripModel::flags(const QModelIndex& index) const {
    if (!index.isValid()) {
        return Qt::NoItemFlags;
    }
    Qt::ItemFlags flags = Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemNeverHasChildren;
    if (!item(index.row()).running && !item(index.row()).missing) {
        flags |= Qt::ItemIsDragEnabled;
    }
    return flags;
}

QStringList ClipStripModel::mimeTypes() const {
    return {QStringLiteral("text/uri-list")};
}

QMimeData* ClipStripModel::mimeData(const QModelIndexList& indexes) const {
    QStringList files;
    for (const QModelIndex& index : indexes) {
        files << toQString(item(index.row()).record.file);
    }
    return fileData(files); // the drag owns it
}

void ClipStripModel::setClips(std::vector<ClipRecord> records) {
    beginResetModel();
    std::vector<ClipItem> items;
    if (hasRunning()) {
        items.push_back(std::move(items_.front()));
    }
    for (ClipRecord& record : records) {
        items.emplace_back().record = std::move(record);
    }
    items_ = std::move(items);
    endResetModel();
}

std::vector<ClipRecord> ClipStripModel::synchronise(const std::vector<ClipRecord>& records) {
    for (int row = static_cast<int>(items_.size()) - 1; row >= 0; --row) {
        const std::int64_t id = item(row).record.id;
        // What is older than the list may still be there; -1 is known to this window only.
        const bool listed = !records.empty() && id >= records.back().id;
        if (!item(row).running && listed &&
            std::ranges::find(records, id, &ClipRecord::id) == records.end()) {
            remove(id);
        }
    }
    std::vector<ClipRecord> fresh;
    for (auto record = records.rbegin(); record != records.rend(); ++record) {
        if (const auto row = rowOf(record->id)) {
            items_[static_cast<std::size_t>(*row)].record.favourite = record->favourite;
            changed(*row);
        } else {
            insert(*record);
            fresh.push_back(*record);
        }
    }
    return fresh;
}

void ClipStripModel::setRunning(const Recipe& recipe) {
    endRunning();
    beginInsertRows({}, 0, 0);
    ClipItem entry;
    entry.record.recipe = recipe;
    entry.running = true;
    items_.insert(items_.begin(), std::move(entry));
    endInsertRows();
}

void ClipStripModel::setRunningThumbnail(const QImage& picture) {
    if (hasRunning()) {
        items_.front().thumbnail = picture;
        changed(0);
    }
}

void ClipStripModel::endRunning() {
    if (hasRunning()) {
        beginRemoveRows({}, 0, 0);
        items_.erase(items_.begin());
        endRemoveRows();
    }
}

void ClipStripModel::fetchMore(const QModelIndex&) {
    more_ = false; // until they are there
    emit moreWanted();
}

void ClipStripModel::insert(const ClipRecord& record, const QImage& thumbnail) {
    // The last added first; one that the library could not take (-1) is of now.
    const auto after = std::ranges::find_if(items_, [&](const ClipItem& entry) {
        return !entry.running && (record.id < 0 || entry.record.id <= record.id);
    });
    const auto row = static_cast<int>(after - items_.begin());
    beginInsertRows({}, row, row);
    ClipItem entry;
    entry.record = record;
    entry.thumbnail = thumbnail;
    items_.insert(items_.begin() + row, std::move(entry));
    endInsertRows();
}

void ClipStripModel::remove(std::int64_t id) {
    if (const auto row = rowOf(id)) {
        beginRemoveRows({}, *row, *row);
        items_.erase(items_.begin() + *row);
        endRemoveRows();
    }
}

void ClipStripModel::setThumbnail(std::int64_t id, const QImage& picture) {
    if (const auto row = rowOf(id)) {
        items_[static_cast<std::size_t>(*row)].thumbnail = picture;
        changed(*row);
    }
}

void ClipStripModel::setMoving(std::int64_t id, std::vector<QImage> frames) {
    if (const auto row = rowOf(id)) {
        items_[static_cast<std::size_t>(*row)].moving = std::move(frames);
    }
}

void ClipStripModel::setMissing(std::int64_t id, bool missing) {
    if (const auto row = rowOf(id)) {
        items_[static_cast<std::size_t>(*row)].missing = missing;
        changed(*row);
    }
}

void ClipStripModel::setFile(std::int64_t id, const std::filesystem::path& file) {
    if (const auto row = rowOf(id)) {
        items_[static_cast<std::size_t>(*row)].record.file = file;
        setMissing(id, false);
    }
}

void ClipStripModel::setFavourite(std::int64_t id, bool favourite) {
    if (const auto row = rowOf(id)) {
        items_[static_cast<std::size_t>(*row)].record.favourite = favourite;
        changed(*row);
    }
}

void ClipStripModel::setRating(std::int64_t id, int stars) {
    if (const auto row = rowOf(id)) {
        items_[static_cast<std::size_t>(*row)].record.rating = stars;
        changed(*row);
    }
}

void ClipStripModel::setTags(std::int64_t id, const std::vector<std::string>& tags) {
    if (const auto row = rowOf(id)) {
        items_[static_cast<std::size_t>(*row)].record.tags = tags;
        changed(*row);
    }
}

void ClipStripModel::setCollections(std::int64_t id, const std::vector<std::int64_t>& collections) {
    if (const auto row = rowOf(id)) {
        items_[static_cast<std::size_t>(*row)].record.collections = collections;
        changed(*row);
    }
}

std::optional<int> ClipStripModel::rowOf(std::int64_t id) const {
    const auto found = std::ranges::find_if(items_, [id](const ClipItem& entry) {
        return !entry.running && entry.record.id == id;
    });
    return found == items_.end() ? std::nullopt
                                 : std::optional<int>(static_cast<int>(found - items_.begin()));
}

std::optional<int> ClipStripModel::rowOfFile(const std::filesystem::path& file) const {
    const auto found = std::ranges::find_if(items_, [&](const ClipItem& entry) {
        return !entry.running && entry.record.file == file;
    });
    return found == items_.end() ? std::nullopt
                                 : std::optional<int>(static_cast<int>(found - items_.begin()));
}

std::optional<int> ClipStripModel::firstFinished() const {
    const int row = hasRunning() ? 1 : 0;
    return row < rowCount() ? std::optional(row) : std::nullopt;
}

int ClipStripModel::clips() const {
    return static_cast<int>(items_.size()) - (hasRunning() ? 1 : 0);
}

void ClipStripModel::changed(int row) {
    emit dataChanged(index(row), index(row));
}

} // namespace rushes::ui
