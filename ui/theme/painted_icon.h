// An icon that draws itself with the tokens of the moment: an engine only says how.
#pragma once

#include <QIconEngine>
#include <QPainter>
#include <QPixmap>

namespace rushes::ui {

class PaintedIcon : public QIconEngine {
public:
    QPixmap pixmap(const QSize& wanted, QIcon::Mode mode, QIcon::State state) final {
        QPixmap picture(wanted);
        picture.fill(Qt::transparent);
        QPainter painter(&picture);
        paint(&painter, QRect(QPoint(), wanted), mode, state);
        return picture;
    }
};

} // namespace rushes::ui
