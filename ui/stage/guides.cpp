#include "stage/guides.h"

#include "theme/theme.h"

#include <QCoreApplication>
#include <QPainter>

namespace rushes::ui {

SafeArea safeArea(QSize picture) {
    if (picture.height() > picture.width()) {
        return {QCoreApplication::translate("Guides", "Reels, TikTok"), QRectF(0.06, 0.14, 0.88, 0.51)};
    }
    return {QCoreApplication::translate("Guides", "Titles"), QRectF(0.05, 0.05, 0.9, 0.9)};
}

void paintGuides(QPainter& painter, const QRectF& picture) {
    const SafeArea area = safeArea(picture.size().toSize());
    const QRectF free(
        picture.x() + area.part.x() * picture.width(),
        picture.y() + area.part.y() * picture.height(),
        area.part.width() * picture.width(),
        area.part.height() * picture.height()
    );
    // Dark under light: seen on every picture.
    painter.setBrush(Qt::NoBrush);
    for (const auto& [colour, width] : {std::pair(darkTokens().base, 3), std::pair(darkTokens().text, 1)}) {
        painter.setPen(QPen(colour, width));
        painter.drawRect(free);
    }
    painter.setFont(labelFont());
    painter.drawText(
        free.adjusted(size::space2, size::space1, 0, 0), Qt::AlignLeft | Qt::AlignTop, area.name
    );
}

} // namespace rushes::ui
