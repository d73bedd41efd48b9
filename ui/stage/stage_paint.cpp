#include "stage/stage_paint.h"

#include "theme/icons.h"
#include "theme/theme.h"

#include <QPainterPath>

namespace rushes::ui {

void cutCorners(QPainter& painter, const QRectF& picture) {
    constexpr double r = size::radius_picture;
    painter.setPen(Qt::NoPen);
    painter.setBrush(tokens().base);
    for (const double right : {0.0, 1.0}) {
        for (const double lower : {0.0, 1.0}) {
            const QPointF centre(
                picture.left() + r + right * (picture.width() - 2 * r),
                picture.top() + r + lower * (picture.height() - 2 * r)
            );
            QPainterPath corner;
            corner.addRect(QRectF(centre, QSizeF((right - 0.5) * 2 * r, (lower - 0.5) * 2 * r)).normalized());
            QPainterPath round;
            round.addEllipse(centre, r, r);
            painter.drawPath(corner - round);
        }
    }
}

void paintDivider(QPainter& painter, const QRect& both, double x) {
    const Tokens& t = tokens();
    painter.fillRect(QRectF(x - size::playhead / 2.0, both.top(), size::playhead, both.height()), t.text);
    // A grip at the lower edge, where it hides least.
    const QRectF grip(x - size::space3, both.bottom() - size::space4, 2 * size::space3, size::space4);
    painter.setPen(Qt::NoPen);
    painter.setBrush(t.text);
    painter.drawRoundedRect(grip, size::radius_small, size::radius_small);
    painter.setPen(QPen(t.base, size::icon_stroke));
    for (const double offset : {-size::space1 * 0.75, size::space1 * 0.75}) {
        painter.drawLine(
            QPointF(x + offset, grip.top() + size::space1), QPointF(x + offset, grip.bottom() - size::space1)
        );
    }
}

void paintHint(QPainter& painter, const QRect& stage, const QString& title_text, const QString& text) {
    if (title_text.isEmpty()) {
        return;
    }
    const QPoint centre = stage.center();
    const QRectF symbol(centre.x() - size::icon, centre.y() - 3 * size::icon, 2 * size::icon, 2 * size::icon);
    if (symbol.top() >= 0) { // in a low window the words count for more
        drawIcon(painter, QStringLiteral("film"), symbol, tokens().text3);
    }
    QFont title = valueFont(QFont::DemiBold);
    title.setPixelSize(size::font_generate);
    painter.setFont(title);
    painter.setPen(tokens().text);
    const QRect line(0, centre.y() - size::space1, stage.width(), size::control_small);
    painter.drawText(line, Qt::AlignCenter, title_text);
    painter.setFont(valueFont());
    painter.setPen(tokens().text2);
    const QRect below =
        line.translated(0, size::control_small).adjusted(size::space4, 0, -size::space4, size::control);
    painter.drawText(below, Qt::AlignHCenter | Qt::AlignTop | Qt::TextWordWrap, text);
}

} // namespace rushes::ui
