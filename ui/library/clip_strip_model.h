// The clips made so far, newest first, as an item model: knows nothing of widgets, files or the database.
#pragma once

#include "library/clip_item.h"

#include <optional>

#include <QAbstractListModel>
#include <QMimeData>
#include <QStringList>

namespace rushes::ui {

/// Files for the clipboard or a drag; the caller hands it on.
QMimeData* fileData(const QStringList& files);

class ClipStripModel : public QAbstractListModel, public ClipItems {
    Q_OBJECT

public:
    enum Role { id_role = Qt::UserRole + 1, label_role, running_role, missing_role, stopped_role, file_role };

    explicit ClipStripModel(QObject* parent = nullptr);

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;

    Qt::DropActions supportedDragActions() const override { return Qt::CopyAction; }

    QStringList mimeTypes() const override;
    QMimeData* mimeData(const QModelIndexList& indexes) const override;

    void setClips(std::vector<ClipRecord> records);
    /// What the library holds now, newest first: takes in what another window made, lets go what it removed.
    /// Returns the new ones.
    std::vector<ClipRecord> synchronise(const std::vector<ClipRecord>& records);

    /// Whether the library has older clips than these; moreWanted() asks for them.
    void setMore(bool more) { more_ = more; }

    bool canFetchMore(const QModelIndex& parent) const override { return !parent.isValid() && more_; }

    void fetchMore(const QModelIndex& parent) override;
    /// The clip being made stands at the left until it is finished or gone.
    void setRunning(const Recipe& recipe);
    void setRunningThumbnail(const QImage& picture);
    void endRunning();
    /// At the place of its time.
    void insert(const ClipRecord& record, const QImage& thumbnail = {});
    void remove(std::int64_t id);
    void setThumbnail(std::int64_t id, const QImage& picture);
    void setMoving(std::int64_t id, std::vector<QImage> frames);
    void setMissing(std::int64_t id, bool missing = true);
    void setFile(std::int64_t id, const std::filesystem::path& file);
    void setFavourite(std::int64_t id, bool favourite);
    void setRating(std::int64_t id, int stars);
    void setTags(std::int64_t id, const std::vector<std::string>& tags);
    void setCollections(std::int64_t id, const std::vector<std::int64_t>& collections);

    const ClipItem& item(int row) const override { return items_[static_cast<std::size_t>(row)]; }

    std::optional<int> rowOf(std::int64_t id) const;
    std::optional<int> rowOfFile(const std::filesystem::path& file) const;
    std::optional<int> firstFinished() const;
    int clips() const; ///< finished ones

signals:
    void moreWanted();

private:
    void changed(int row);

    bool hasRunning() const { return !items_.empty() && items_.front().running; }

    std::vector<ClipItem> items_;
    bool more_ = false;
};

} // namespace rushes::ui
