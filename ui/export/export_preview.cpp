#include "export/export_preview.h"

#include "controls/basic.h"
#include "theme/theme.h"

#include <QPainter>
#include <QPainterPath>

namespace rushes::ui {

namespace {

constexpr int blur_pixels = 12;
constexpr float darkening = 3.0F / 8; ///< media/shaper.cpp keeps 5 of 8 parts

/// As nearly_same_shape() of media/shaper.h: cut instead of framed.
bool nearlySame(const QSizeF& a, const QSizeF& b) {
    const double ratio = a.width() * b.height() / (a.height() * b.width());
    return ratio < 1.03 && ratio > 1 / 1.03;
}

/// `size` scaled into or around `frame`, centred.
QRectF placed(const QSizeF& size, const QRectF& frame, Qt::AspectRatioMode mode) {
    QRectF place(QPointF(), size.scaled(frame.size(), mode));
    place.moveCenter(frame.center());
    return place;
}

} // namespace

ExportPreview::ExportPreview(QWidget* parent) : QWidget(parent) {
    setNames(this, QStringLiteral("export-preview"), tr("Preview of the exported picture"));
    setMinimumSize(size::left_panel, size::left_panel);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
}

void ExportPreview::setPicture(const QImage& picture) {
    picture_ = picture;
    blurred_ = picture.isNull()
                   ? QImage()
                   : picture.scaled(blur_pixels, blur_pixels, Qt::KeepAspectRatio, Qt::SmoothTransformation);
    update();
}

void ExportPreview::setTarget(QSize size, Fit fit) {
    target_ = size;
    fit_ = fit;
    update();
}

void ExportPreview::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHints(QPainter::Antialiasing | QPainter::SmoothPixmapTransform);
    QPainterPath room;
    room.addRoundedRect(rect(), size::radius_field, size::radius_field);
    painter.fillPath(room, tokens().base);
    if (picture_.isNull()) {
        return;
    }
    const int margin = size::space4 + size::space2;
    const QRectF inner = QRectF(rect()).adjusted(margin, margin, -margin, -margin);
    const QRectF frame = placed(target_.isEmpty() ? picture_.size() : target_, inner, Qt::KeepAspectRatio);
    painter.setClipRect(frame);
    paintFitted(painter, frame);
    painter.setClipping(false);
    painter.setPen(QPen(tokens().line, size::hairline));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(frame);
}

void ExportPreview::paintFitted(QPainter& painter, const QRectF& frame) const {
    const QSizeF size = picture_.size();
    switch (nearlySame(size, frame.size()) ? Fit::crop : fit_) {
    case Fit::crop:
        painter.drawImage(placed(size, frame, Qt::KeepAspectRatioByExpanding), picture_);
        return;
    case Fit::blur:
        painter.drawImage(placed(size, frame, Qt::KeepAspectRatioByExpanding), blurred_);
        painter.setOpacity(darkening); // as the file will have it
        painter.fillRect(frame, Qt::black);
        painter.setOpacity(1);
        break;
    case Fit::pad:
        painter.fillRect(frame, Qt::black);
        break;
    }
    painter.drawImage(placed(size, frame, Qt::KeepAspectRatio), picture_);
}

} // namespace rushes::ui
