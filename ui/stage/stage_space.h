// Where a picture lies on the stage: fitted, or enlarged and moved. Arithmetic only.
#pragma once

#include <QPointF>
#include <QRect>
#include <QSize>

namespace rushes::ui {

class StageSpace {
public:
    static constexpr double most_zoom = 16;

    /// 1: fitted.
    double zoom() const { return zoom_; }

    /// `room`: what a fitted picture may fill.
    QRect placeOf(QSize shape, const QRect& room) const;
    /// What lies at `fixed` stays there.
    void zoomBy(double factor, const QPointF& fixed, QSize shape, const QRect& room);
    void moveBy(const QPointF& distance, QSize shape, const QRect& room);
    void fit();

private:
    QSizeF sizeOf(QSize shape, const QRect& room) const;
    void keepInSight(QSize shape, const QRect& room);

    double zoom_ = 1;
    QPointF away_; ///< of the picture's centre from the room's
};

} // namespace rushes::ui
