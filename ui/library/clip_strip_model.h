// The clips made so far, newest first, as an item model: knows nothing of widgets, files or the database.
#pragma once

#include "library/clip_item.h"

#include <optional>

#include <QAbstractListModel>

namespace rushes::ui {

class ClipStripModel : public QAbstractListModel {
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
    /// The clip being made stands at the left until it is finished or gone.
    void setRunning(const Recipe& recipe);
    void setRunningThumbnail(const QImage& picture);
    void endRunning();
    void prepend(const ClipRecord& record, const QImage& thumbnail = {});
    void remove(std::int64_t id);
    void setThumbnail(std::int64_t id, const QImage& picture);
    void setMoving(std::int64_t id, std::vector<QImage> frames);
    void setMissing(std::int64_t id);
    void setFavourite(std::int64_t id, bool favourite);

    const ClipItem& item(int row) const { return items_[static_cast<std::size_t>(row)]; }

    std::optional<int> rowOf(std::int64_t id) const;
    int clips() const; ///< finished ones

private:
    void changed(int row);

    bool hasRunning() const { return !items_.empty() && items_.front().running; }

    std::vector<ClipItem> items_;
};

} // namespace rushes::ui
