// Our own icons: SVG on a 20 px grid with strokes of 1.5 px, tinted from the tokens when they are drawn.
#pragma once

#include <QColor>
#include <QIcon>
#include <QRectF>
#include <QString>

class QPainter;

namespace rushes::ui {

struct Tokens;

/// The icon of that name in the text colour (dim when disabled, accent when on).
QIcon icon(const QString& name);

/// In that colour always.
QIcon icon(const QString& name, QColor Tokens::*colour);

/// Draws one icon into `rect` in `colour`.
void drawIcon(QPainter& painter, const QString& name, const QRectF& rect, const QColor& colour);

} // namespace rushes::ui
