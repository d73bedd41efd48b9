#include "inputs/crop_dialog.h"

#include "controls/basic.h"
#include "theme/theme.h"

#include <algorithm>
#include <cmath>

#include <QDialogButtonBox>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QVBoxLayout>
#include <QWheelEvent>

namespace rushes::ui {

namespace {

constexpr double smallest = 0.1;
constexpr double wheel_step = 1.1;
constexpr QSize usual_size(640, 480);

} // namespace

CropView::CropView(QImage picture, double ratio, QWidget* parent)
    : QWidget(parent),
      picture_(std::move(picture)),
      ratio_(ratio),
      middle_(picture_.width() / 2.0, picture_.height() / 2.0) {
    setNames(
        this,
        QStringLiteral("crop-view"),
        tr("The part that the clip shows. Arrow keys move it, + and - change its size.")
    );
    setFocusPolicy(Qt::StrongFocus);
    setMinimumSize(usual_size / 2);
}

QSize CropView::sizeHint() const {
    return usual_size;
}

QSizeF CropView::largest() const {
    const QSizeF whole = picture_.size();
    return whole.width() / whole.height() > ratio_ ? QSizeF(whole.height() * ratio_, whole.height())
                                                   : QSizeF(whole.width(), whole.width() / ratio_);
}

QRect CropView::part() const {
    const QSizeF size = largest() * scale_;
    const int width = std::clamp(static_cast<int>(std::lround(size.width())), 1, picture_.width());
    const int height = std::clamp(static_cast<int>(std::lround(size.height())), 1, picture_.height());
    const int left =
        std::clamp(static_cast<int>(std::lround(middle_.x() - width / 2.0)), 0, picture_.width() - width);
    const int top =
        std::clamp(static_cast<int>(std::lround(middle_.y() - height / 2.0)), 0, picture_.height() - height);
    return {left, top, width, height};
}

void CropView::moveBy(QPointF pixels) {
    const QSizeF half = largest() * scale_ / 2;
    middle_ += pixels;
    middle_.setX(
        std::clamp(middle_.x(), half.width(), std::max(half.width(), picture_.width() - half.width()))
    );
    middle_.setY(
        std::clamp(middle_.y(), half.height(), std::max(half.height(), picture_.height() - half.height()))
    );
    update();
}

void CropView::setScale(double scale) {
    scale_ = std::clamp(scale, smallest, 1.0);
    moveBy({});
}

QRectF CropView::shown() const {
    QRectF area(QPointF(), QSizeF(picture_.size()).scaled(size(), Qt::KeepAspectRatio));
    area.moveCenter(QRectF(rect()).center());
    return area;
}

void CropView::paintEvent(QPaintEvent* /*event*/) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    const QRectF area = shown();
    painter.drawImage(area, picture_);
    const double factor = area.width() / picture_.width();
    const QRect pixels = part();
    const QRectF frame(
        area.left() + pixels.left() * factor,
        area.top() + pixels.top() * factor,
        pixels.width() * factor,
        pixels.height() * factor
    );
    QPainterPath outside;
    outside.addRect(area);
    outside.addRect(frame);
    QColor shade = palette().color(QPalette::Window);
    shade.setAlphaF(0.7F);
    painter.fillPath(outside, shade); // odd-even: what the clip does not show
    painter.setPen(QPen(hasFocus() ? tokens().accent : tokens().text2, 2));
    painter.drawRect(frame);
}

void CropView::mousePressEvent(QMouseEvent* event) {
    grabbed_ = event->position();
}

void CropView::mouseMoveEvent(QMouseEvent* event) {
    if (event->buttons() & Qt::LeftButton) {
        moveBy((event->position() - grabbed_) * (picture_.width() / shown().width()));
        grabbed_ = event->position();
    }
}

void CropView::wheelEvent(QWheelEvent* event) {
    setScale(scale_ * (event->angleDelta().y() > 0 ? 1 / wheel_step : wheel_step));
    event->accept();
}

void CropView::keyPressEvent(QKeyEvent* event) {
    const double step = picture_.width() / 100.0;
    switch (event->key()) {
    case Qt::Key_Left:
        return moveBy({-step, 0});
    case Qt::Key_Right:
        return moveBy({step, 0});
    case Qt::Key_Up:
        return moveBy({0, -step});
    case Qt::Key_Down:
        return moveBy({0, step});
    case Qt::Key_Plus:
        return setScale(scale_ * wheel_step);
    case Qt::Key_Minus:
        return setScale(scale_ / wheel_step);
    default:
        QWidget::keyPressEvent(event);
    }
}

CropDialog::CropDialog(const QImage& picture, double ratio, QWidget* parent)
    : QDialog(parent), view_(new CropView(picture, ratio)) {
    setWindowTitle(tr("Crop"));
    setObjectName(QStringLiteral("crop-dialog"));
    auto* column = new QVBoxLayout(this);
    column->addWidget(view_, 1);
    auto* hint = new QLabel(
        tr("Drag the frame or move it with the arrow keys; the wheel, + and - make it smaller or larger.")
    );
    hint->setObjectName(QStringLiteral("crop-hint"));
    setRole(hint, "hint");
    column->addWidget(hint);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel);
    setNames(buttons->button(QDialogButtonBox::Ok), QStringLiteral("crop-ok"), tr("Crop"));
    setNames(buttons->button(QDialogButtonBox::Cancel), QStringLiteral("crop-cancel"), tr("Cancel"));
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    column->addWidget(buttons);
    view_->setFocus();
}

} // namespace rushes::ui
