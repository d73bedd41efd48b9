// The parts of a picture that stay free of what the places for short clips lay over it.
#pragma once

#include <QRectF>
#include <QSize>
#include <QString>

class QPainter;

namespace rushes::ui {

struct SafeArea {
    QString name;
    QRectF part; ///< of the picture, 0..1
};

/// For upright pictures what Reels and TikTok leave free (Meta's guide for Reels: 14 % above, 35 % below, 6 %
/// at the sides); for others the graphics area of EBU R 95: 5 % at each edge.
SafeArea safeArea(QSize picture);

void paintGuides(QPainter& painter, const QRectF& picture);

} // namespace rushes::ui
