#include "stage/stage_space.h"

#include <algorithm>
#include <cmath>

namespace rushes::ui {

QSizeF StageSpace::sizeOf(QSize shape, const QRect& room) const {
    return QSizeF(shape.scaled(room.size(), Qt::KeepAspectRatio)) * zoom_;
}

QRect StageSpace::placeOf(QSize shape, const QRect& room) const {
    QRect place(QPoint(), sizeOf(shape, room).toSize());
    place.moveCenter(room.center() + away_.toPoint());
    return place;
}

void StageSpace::zoomBy(double factor, const QPointF& fixed, QSize shape, const QRect& room) {
    const double before = zoom_;
    zoom_ = std::clamp(zoom_ * factor, 1.0, most_zoom);
    const QPointF from_centre = fixed - QRectF(room).center() - away_;
    away_ -= from_centre * (zoom_ / before - 1);
    keepInSight(shape, room);
}

void StageSpace::moveBy(const QPointF& distance, QSize shape, const QRect& room) {
    away_ += distance;
    keepInSight(shape, room);
}

void StageSpace::fit() {
    zoom_ = 1;
    away_ = {};
}

/// No further than the picture's edge at the room's; what fits stays in the middle.
void StageSpace::keepInSight(QSize shape, const QRect& room) {
    const QSizeF size = sizeOf(shape, room);
    const double over_x = std::max(0.0, (size.width() - room.width()) / 2);
    const double over_y = std::max(0.0, (size.height() - room.height()) / 2);
    away_ = {std::clamp(away_.x(), -over_x, over_x), std::clamp(away_.y(), -over_y, over_y)};
}

} // namespace rushes::ui
