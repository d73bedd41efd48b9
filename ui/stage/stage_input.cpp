// StageView: what the mouse does on it.
#include "stage/stage_view.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <QApplication>
#include <QContextMenuEvent>
#include <QMouseEvent>
#include <QWheelEvent>

namespace rushes::ui {

void StageView::mousePressEvent(QMouseEvent* event) {
    if (layers_[0].picture.isNull()) {
        return;
    }
    held_at_ = event->position();
    if (event->button() == Qt::MiddleButton) {
        hold_ = Hold::pan;
    } else if (event->button() == Qt::LeftButton) {
        hold_ = nearDivider(event->pos()) ? Hold::divider : Hold::picture;
    }
}

void StageView::mouseMoveEvent(QMouseEvent* event) {
    const QPointF moved = event->position() - held_at_;
    switch (hold_) {
    case Hold::divider: {
        const QRect both = placeOf(0).united(placeOf(1));
        setDivider((event->position().x() - both.left()) / std::max(1, both.width()));
        return;
    }
    case Hold::pan:
        space_.moveBy(moved, shapeOf(0), room(0));
        held_at_ = event->position();
        arrange();
        return;
    case Hold::picture:
        if (moved.manhattanLength() < QApplication::startDragDistance()) {
            return;
        }
        hold_ = zoom() > 1 ? Hold::pan : Hold::none;
        if (hold_ == Hold::none) {
            emit dragged();
        }
        return;
    case Hold::none:
        if (comparing()) {
            setCursor(nearDivider(event->pos()) ? Qt::SplitHCursor : Qt::ArrowCursor);
        }
    }
}

void StageView::mouseReleaseEvent(QMouseEvent* event) {
    if (std::exchange(hold_, Hold::none) == Hold::picture && event->button() == Qt::LeftButton) {
        emit clicked();
    }
}

void StageView::mouseDoubleClickEvent(QMouseEvent* event) {
    if (nearDivider(event->pos())) {
        mousePressEvent(event);
    } else if (event->button() == Qt::LeftButton && !layers_[0].picture.isNull()) {
        emit clicked(); // takes back what the first click of the two did
        emit doubleClicked();
    }
}

/// The wheel enlarges what lies under the mouse.
void StageView::wheelEvent(QWheelEvent* event) {
    if (!layers_[0].picture.isNull()) {
        constexpr double notches_to_double = 4;
        const double notches =
            event->angleDelta().y() / static_cast<double>(QWheelEvent::DefaultDeltasPerStep);
        zoomBy(std::exp2(notches / notches_to_double), event->position());
        event->accept();
    }
}

void StageView::contextMenuEvent(QContextMenuEvent* event) {
    emit menuRequested(event->globalPos());
}

} // namespace rushes::ui
