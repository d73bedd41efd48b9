// All clips that a search of the library found, as an item model for a hundred thousand: it knows their
// numbers, and holds records and pictures of those that were looked at last. What is missing it asks for.
#pragma once

#include "library/clip_item.h"

#include <cstdint>
#include <deque>
#include <optional>
#include <unordered_map>
#include <vector>

#include <QAbstractListModel>
#include <QMimeData>
#include <QTimer>

namespace rushes::ui {

class ClipGridModel : public QAbstractListModel, public ClipItems {
    Q_OBJECT

public:
    explicit ClipGridModel(QObject* parent = nullptr);

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;

    Qt::DropActions supportedDragActions() const override { return Qt::CopyAction; }

    QStringList mimeTypes() const override;
    QMimeData* mimeData(const QModelIndexList& indexes) const override;

    /// What a search found.
    void setIds(std::vector<std::int64_t> ids);

    std::int64_t idAt(int row) const { return ids_[static_cast<std::size_t>(row)]; }

    std::optional<int> rowOf(std::int64_t id) const;

    /// Empty while it is not there; it has been asked for then.
    const ClipItem& item(int row) const override;

    /// Of a clip that was looked at; none otherwise.
    std::optional<ClipItem> find(std::int64_t id) const;

    void setRecords(const std::vector<ClipRecord>& records);
    void remove(std::int64_t id);

    /// Changes what is held of a clip, if anything is.
    template <typename Change>
    void change(std::int64_t id, Change&& set) {
        if (const auto held = items_.find(id); held != items_.end()) {
            set(held->second.item);
            changed(id);
        }
    }

    /// Its picture was given up; it is asked for again when it is seen again.
    void askAgain(std::int64_t id);

signals:
    void recordsWanted(const std::vector<std::int64_t>& ids);
    void pictureWanted(qlonglong id, const QString& file);

private:
    struct Held {
        ClipItem item;
        bool known = false; ///< its record has come
        bool picture_asked = false;
    };

    void ask();
    void changed(std::int64_t id);

    std::vector<std::int64_t> ids_;
    mutable std::unordered_map<std::int64_t, Held> items_; ///< views look by const functions
    mutable std::deque<std::int64_t> order_;               ///< of items_, the oldest first
    mutable std::vector<std::int64_t> wanted_;
    mutable std::vector<std::int64_t> pictures_wanted_;
    mutable QTimer ask_;
};

} // namespace rushes::ui
