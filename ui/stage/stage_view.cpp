#include "stage/stage_view.h"

#include "controls/basic.h"
#include "stage/enlarge.h"
#include "theme/icons.h"
#include "theme/theme.h"

#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>

namespace rushes::ui {

StageView::StageView(QWidget* parent) : QWidget(parent) {
    setRole(this, "stage");
    setNames(this, QStringLiteral("stage"), tr("Picture of the clip"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    setAttribute(Qt::WA_OpaquePaintEvent);
    setFocusPolicy(Qt::ClickFocus);
}

void StageView::setShape(QSize shape) {
    shape_ = shape;
    update();
}

void StageView::setPicture(const QImage& picture) {
    if (picture.cacheKey() == picture_.cacheKey()) {
        return; // the position moved, the picture did not
    }
    picture_ = picture;
    enlarged_ = {};
    update();
}

void StageView::setHint(const QString& title, const QString& text) {
    title_ = title;
    text_ = text;
    update();
}

QSize StageView::minimumSizeHint() const {
    return {size::stage_min, size::stage_min / 2};
}

QRect StageView::pictureRect() const {
    const QRect room = rect().adjusted(size::space4, size::space2, -size::space4, -size::space2);
    const QSize shape = shape_.isEmpty() ? picture_.size() : shape_;
    QRect place(QPoint(), shape.scaled(room.size(), Qt::KeepAspectRatio));
    place.moveCenter(room.center());
    return place;
}

void StageView::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), tokens().base);
    if (picture_.isNull()) {
        paintHint(painter);
        return;
    }
    painter.setRenderHints(QPainter::Antialiasing | QPainter::SmoothPixmapTransform);
    const QRect place = pictureRect();
    QPainterPath corners;
    corners.addRoundedRect(place, size::radius_picture, size::radius_picture);
    painter.setClipPath(corners);
    const QSize pixels = place.size() * devicePixelRatioF();
    if (enlarged_.isNull() || enlarged_for_ != pixels) {
        enlarged_ = enlarge(picture_, pixels);
        enlarged_for_ = pixels;
    }
    painter.drawImage(place, enlarged_);
}

void StageView::paintHint(QPainter& painter) {
    if (title_.isEmpty()) {
        return;
    }
    const QPoint centre = rect().center();
    const QRectF symbol(centre.x() - size::icon, centre.y() - 3 * size::icon, 2 * size::icon, 2 * size::icon);
    drawIcon(painter, QStringLiteral("film"), symbol, tokens().text3);
    QFont title = valueFont(QFont::DemiBold);
    title.setPixelSize(size::font_generate);
    painter.setFont(title);
    painter.setPen(tokens().text);
    const QRect line(0, centre.y() - size::space1, width(), size::control_small);
    painter.drawText(line, Qt::AlignCenter, title_);
    painter.setFont(valueFont());
    painter.setPen(tokens().text2);
    const QRect below =
        line.translated(0, size::control_small).adjusted(size::space4, 0, -size::space4, size::control);
    painter.drawText(below, Qt::AlignHCenter | Qt::AlignTop | Qt::TextWordWrap, text_);
}

void StageView::mousePressEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton && !picture_.isNull()) {
        emit clicked();
    }
}

void StageView::mouseDoubleClickEvent(QMouseEvent*) {
    emit doubleClicked();
}

} // namespace rushes::ui
