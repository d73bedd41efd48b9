#include "stage/stage_view.h"

#include "controls/basic.h"
#include "stage/enlarge.h"
#include "theme/icons.h"
#include "theme/theme.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

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
    main_.shape = shape;
    update();
}

bool StageView::setLayer(Layer& layer, const QImage& picture) {
    if (picture.cacheKey() == layer.picture.cacheKey()) {
        return false; // the position moved, the picture did not
    }
    layer.picture = picture;
    layer.enlarged = {};
    return true;
}

void StageView::setPicture(const QImage& picture) {
    if (setLayer(main_, picture)) {
        update();
    }
}

void StageView::setOther(const QImage& picture, QSize shape) {
    const bool changed = setLayer(other_, picture);
    if (changed || shape != other_.shape) {
        other_.shape = shape;
        setMouseTracking(comparing());
        unsetCursor();
        setDivider(divider_); // tells screen readers, or that it is over
    }
}

void StageView::setDivider(double place) {
    divider_ = std::clamp(place, 0.0, 1.0);
    setAccessibleDescription(
        comparing() ? tr("Two clips, divided at %1 percent").arg(std::lround(divider_ * 100)) : QString()
    );
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
    return placeOf(main_);
}

QRect StageView::placeOf(const Layer& layer) const {
    const QRect room = rect().adjusted(size::space4, size::space2, -size::space4, -size::space2);
    const QSize shape = layer.shape.isEmpty() ? layer.picture.size() : layer.shape;
    QRect place(QPoint(), shape.scaled(room.size(), Qt::KeepAspectRatio));
    place.moveCenter(room.center());
    return place;
}

int StageView::dividerX() const {
    const QRect both = placeOf(main_).united(placeOf(other_));
    return both.left() + static_cast<int>(std::lround(divider_ * both.width()));
}

bool StageView::nearDivider(const QPoint& place) const {
    return comparing() && std::abs(place.x() - dividerX()) <= size::space3;
}

void StageView::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), tokens().base);
    if (main_.picture.isNull()) {
        paintHint(painter);
        return;
    }
    painter.setRenderHints(QPainter::Antialiasing | QPainter::SmoothPixmapTransform);
    if (!comparing() || other_.picture.isNull()) { // or it is still being read
        paintLayer(painter, main_, rect());
        return;
    }
    const int x = dividerX();
    paintLayer(painter, other_, QRect(0, 0, x, height()));
    paintLayer(painter, main_, QRect(x, 0, width() - x, height()));
    paintDivider(painter);
}

void StageView::paintLayer(QPainter& painter, Layer& layer, const QRect& side) const {
    const QRect place = placeOf(layer);
    QPainterPath corners;
    corners.addRoundedRect(place, size::radius_picture, size::radius_picture);
    QPainterPath half;
    half.addRect(side);
    painter.save();
    painter.setClipPath(corners & half);
    const QSize pixels = place.size() * devicePixelRatioF();
    if (layer.enlarged.isNull() || layer.enlarged_for != pixels) {
        layer.enlarged = enlarge(layer.picture, pixels);
        layer.enlarged_for = pixels;
    }
    painter.drawImage(place, layer.enlarged);
    painter.restore();
}

void StageView::paintDivider(QPainter& painter) const {
    const Tokens& t = tokens();
    const QRect both = placeOf(main_).united(placeOf(other_));
    const double x = dividerX();
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
    if (event->button() != Qt::LeftButton || main_.picture.isNull()) {
        return;
    }
    dragging_ = nearDivider(event->pos());
    if (!dragging_) {
        emit clicked();
    }
}

void StageView::mouseMoveEvent(QMouseEvent* event) {
    if (dragging_) {
        const QRect both = placeOf(main_).united(placeOf(other_));
        setDivider((event->position().x() - both.left()) / std::max(1, both.width()));
    } else if (comparing()) {
        setCursor(nearDivider(event->pos()) ? Qt::SplitHCursor : Qt::ArrowCursor);
    }
}

void StageView::mouseReleaseEvent(QMouseEvent*) {
    dragging_ = false;
}

void StageView::mouseDoubleClickEvent(QMouseEvent* event) {
    if (nearDivider(event->pos())) {
        mousePressEvent(event);
    } else if (event->button() == Qt::LeftButton && !main_.picture.isNull()) {
        emit clicked(); // takes back what the first press of the two did
        emit doubleClicked();
    }
}

} // namespace rushes::ui
