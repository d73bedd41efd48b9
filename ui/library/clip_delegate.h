// A clip as a tile: its picture, which plays under the mouse, its length, star and stars.
#pragma once

#include "library/clip_item.h"

#include <QStyledItemDelegate>

namespace rushes::ui {

class ClipDelegate : public QStyledItemDelegate {
    Q_OBJECT

public:
    ClipDelegate(const ClipItems& items, QObject* parent);

    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    void
    paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;

    /// The row under the mouse and which of its moving frames is due.
    void setHover(int row, int frame) {
        hover_row_ = row;
        hover_frame_ = frame;
    }

private:
    void paintLabel(QPainter& painter, const QRectF& picture, const QModelIndex& index) const;

    const ClipItems& items_;
    int hover_row_ = -1;
    int hover_frame_ = 0;
};

} // namespace rushes::ui
