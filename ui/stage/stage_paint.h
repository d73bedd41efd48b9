// What the stage paints besides pictures.
#pragma once

#include <QPainter>
#include <QRect>
#include <QString>

namespace rushes::ui {

/// Rounds a picture's corners by painting the surround over them.
void cutCorners(QPainter& painter, const QRectF& picture);

/// The line between two compared clips, with a grip.
void paintDivider(QPainter& painter, const QRect& pictures, double x);

/// What an empty stage says.
void paintHint(QPainter& painter, const QRect& stage, const QString& title, const QString& text);

} // namespace rushes::ui
