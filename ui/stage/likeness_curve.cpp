#include "stage/likeness_curve.h"

#include "controls/basic.h"
#include "theme/theme.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>

namespace rushes::ui {

namespace {

constexpr double tenths =
    10; ///< the lower edge is a whole one, or the curve of each pair would look the same

} // namespace

LikenessCurve::LikenessCurve(QWidget* parent) : QWidget(parent) {
    setNames(this, QStringLiteral("likeness-curve"), tr("How alike the clips are, frame by frame"));
    setRole(this, "stage");
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setFixedHeight(size::control);
    setFocusPolicy(Qt::StrongFocus); // QWidget paints itself anew when that comes or goes
    hide();
}

QSize LikenessCurve::sizeHint() const {
    return {size::left_panel, size::control};
}

void LikenessCurve::setValues(std::vector<double> values, int frames, const QString& note) {
    values_ = std::move(values);
    note_ = note;
    frames_ = std::max(frames, static_cast<int>(values_.size()));
    setVisible(!values_.empty() || !note_.isEmpty());
    if (!values_.empty()) {
        const double least = *std::ranges::min_element(values_);
        lowest_ = std::min(1 - 1 / tenths, std::floor(least * tenths) / tenths);
    }
    describe();
    update();
}

void LikenessCurve::setPosition(int frame) {
    if (frame != position_) {
        position_ = frame;
        describe();
        update();
    }
}

/// Frame and value are the name, so that a screen reader says them when the keys move the frame.
void LikenessCurve::describe() {
    const auto at = static_cast<std::size_t>(position_);
    const QString value =
        at < values_.size() ? tr("Frame %1: SSIM %2").arg(at + 1).arg(values_[at], 0, 'f', 3) : QString();
    const QString name = tr("How alike the clips are, frame by frame");
    setAccessibleName(value.isEmpty() ? name : QStringLiteral("%1. %2").arg(name, value));
    setAccessibleDescription(note_);
    setToolTip(
        value.isEmpty() || note_.isEmpty() ? value + note_ : QStringLiteral("%1\n%2").arg(value, note_)
    );
}

QPointF LikenessCurve::pointOf(int frame) const {
    const double value = values_.at(static_cast<std::size_t>(frame));
    const QRectF box = QRectF(rect()).adjusted(size::space4, size::space1, -size::space4, -size::space1);
    return {
        box.left() + box.width() * (frame + 0.5) / frames_,
        box.top() + box.height() * (1 - value) / (1 - lowest_)
    };
}

void LikenessCurve::paintEvent(QPaintEvent*) {
    const Tokens& t = tokens();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(valueFont());
    const QRectF box = QRectF(rect()).adjusted(size::space4, size::space1, -size::space4, -size::space1);
    if (!values_.empty()) {
        paintCurve(painter, box);
    } else {
        painter.setPen(t.text3);
        const QString words =
            painter.fontMetrics().elidedText(note_, Qt::ElideRight, static_cast<int>(box.width()));
        painter.drawText(box, Qt::AlignCenter, words);
    }
    if (hasFocus()) {
        painter.setPen(QPen(t.accent, size::focus_ring));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(
            QRectF(rect()).adjusted(size::space2, 1, -size::space2, -1),
            size::radius_small,
            size::radius_small
        );
    }
}

void LikenessCurve::paintCurve(QPainter& painter, const QRectF& box) {
    const Tokens& t = tokens();
    painter.setPen(QPen(t.line, size::hairline));
    painter.drawLine(box.topLeft(), box.topRight()); // 1: equal
    painter.drawLine(box.bottomLeft(), box.bottomRight());
    QPainterPath curve(pointOf(0));
    for (int frame = 1; frame < static_cast<int>(values_.size()); ++frame) {
        curve.lineTo(pointOf(frame));
    }
    painter.setPen(QPen(t.text2, size::icon_stroke));
    painter.drawPath(curve);
    if (static_cast<std::size_t>(position_) < values_.size()) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(t.accent);
        painter.drawEllipse(pointOf(position_), size::space1 - 1, size::space1 - 1);
    }
    paintScale(painter, box);
}

/// In the corner that the curve leaves free.
void LikenessCurve::paintScale(QPainter& painter, const QRectF& box) {
    const QString words = QStringLiteral("SSIM %1 … 1").arg(lowest_, 0, 'f', 1);
    const double begin = box.right() - painter.fontMetrics().horizontalAdvance(words);
    double lowest = box.top();
    double highest = box.bottom();
    for (int frame = 0; frame < static_cast<int>(values_.size()); ++frame) {
        const QPointF point = pointOf(frame);
        if (point.x() >= begin) {
            lowest = std::max(lowest, point.y());
            highest = std::min(highest, point.y());
        }
    }
    const bool above = box.bottom() - lowest < highest - box.top();
    painter.setPen(tokens().text3);
    painter.drawText(box, Qt::AlignRight | (above ? Qt::AlignTop : Qt::AlignBottom), words);
}

void LikenessCurve::choose(double x) {
    if (values_.empty()) {
        return;
    }
    const double width = std::max(1, this->width() - 2 * size::space4);
    const int frame = static_cast<int>(std::floor((x - size::space4) / width * frames_));
    emit chosen(std::clamp(frame, 0, std::max(0, frames_ - 1)));
}

void LikenessCurve::mousePressEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton) {
        choose(event->position().x());
    }
}

void LikenessCurve::mouseMoveEvent(QMouseEvent* event) {
    if (event->buttons().testFlag(Qt::LeftButton)) {
        choose(event->position().x());
    }
}

} // namespace rushes::ui
