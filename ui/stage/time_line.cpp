#include "stage/time_line.h"

#include "controls/basic.h"
#include "theme/theme.h"

#include <algorithm>
#include <cmath>

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <QWheelEvent>

namespace rushes::ui {

TimeLine::TimeLine(QWidget* parent) : QAbstractSlider(parent) {
    setNames(this, QStringLiteral("time-line"), tr("Position in the clip"));
    setOrientation(Qt::Horizontal);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setMinimumWidth(size::left_panel_min / 3);
    setFixedHeight(size::timeline);
}

QSize TimeLine::sizeHint() const {
    return {size::left_panel, size::timeline};
}

void TimeLine::setMarks(const Marks& marks) {
    if (marks == marks_) {
        return;
    }
    marks_ = marks;
    setRange(0, std::max(0, marks.frames - 1));
    update();
}

void TimeLine::setPosition(int frame) {
    setValue(frame);
    update();
}

double TimeLine::xOf(double frame) const {
    return width() * frame / std::max(1, marks_.frames);
}

void TimeLine::paintEvent(QPaintEvent*) {
    const Tokens& t = tokens();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF box = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
    QPainterPath shape;
    shape.addRoundedRect(box, size::radius_small, size::radius_small);
    painter.fillPath(shape, t.field);
    painter.save();
    painter.setClipPath(shape);
    if (marks_.frames > 0) {
        painter.fillRect(QRectF(0, 0, xOf(marks_.covered), height()), t.raised);
        painter.fillRect(QRectF(0, 0, xOf(marks_.finals), height()), t.accent_dim);
        const int first = marks_.in.value_or(0);
        const int last = marks_.out.value_or(marks_.frames - 1);
        QColor shade = t.base;
        shade.setAlphaF(0.6f);
        painter.fillRect(QRectF(0, 0, xOf(first), height()), shade);
        painter.fillRect(QRectF(xOf(last + 1), 0, width(), height()), shade);
        painter.setPen(QPen(t.line, size::hairline));
        for (int i = 1; i < marks_.blocks; ++i) {
            const double x = std::floor(xOf(static_cast<double>(marks_.frames) * i / marks_.blocks)) + 0.5;
            painter.drawLine(QPointF(x, 0), QPointF(x, height()));
        }
        painter.setPen(QPen(t.text2, size::playhead));
        if (marks_.in) {
            painter.drawLine(QPointF(xOf(first) + 1, 0), QPointF(xOf(first) + 1, height()));
        }
        if (marks_.out) {
            painter.drawLine(QPointF(xOf(last + 1) - 1, 0), QPointF(xOf(last + 1) - 1, height()));
        }
        const double head = std::clamp(xOf(value() + 0.5), 1.0, width() - 1.0);
        painter.fillRect(QRectF(head - size::playhead / 2.0, 0, size::playhead, height()), t.accent);
    }
    painter.restore();
    painter.setPen(QPen(hasFocus() ? t.text : t.line, hasFocus() ? size::focus_ring : size::hairline));
    painter.drawPath(shape);
}

void TimeLine::scrubTo(double x) {
    if (marks_.frames > 0) {
        const int frame =
            std::clamp(static_cast<int>(x * marks_.frames / std::max(1, width())), 0, marks_.frames - 1);
        emit scrubbed(frame);
    }
}

void TimeLine::mousePressEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton) {
        setSliderDown(true);
        scrubTo(event->position().x());
    }
}

void TimeLine::mouseMoveEvent(QMouseEvent* event) {
    if (isSliderDown()) {
        scrubTo(event->position().x());
    }
}

void TimeLine::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton) {
        setSliderDown(false);
    }
}

void TimeLine::keyPressEvent(QKeyEvent* event) {
    event->ignore(); // arrows, Home and End belong to the window's playback actions
}

void TimeLine::wheelEvent(QWheelEvent* event) {
    // Touchpads tell parts of a notch.
    wheel_ += event->angleDelta().y();
    const int notches = wheel_ / QWheelEvent::DefaultDeltasPerStep;
    wheel_ -= notches * QWheelEvent::DefaultDeltasPerStep;
    if (notches != 0) {
        emit scrubbed(std::clamp(value() - notches, 0, std::max(0, marks_.frames - 1)));
    }
    event->accept();
}

TimeUnit timeUnitOf(const QString& name) {
    return name == QLatin1String("frames")     ? TimeUnit::frames
           : name == QLatin1String("timecode") ? TimeUnit::timecode
                                               : TimeUnit::seconds;
}

QString timeCode(std::int64_t frame, double frames_per_second, TimeUnit unit) {
    if (unit == TimeUnit::frames) {
        return QString::number(frame);
    }
    if (unit == TimeUnit::timecode) {
        const auto rate = std::max<std::int64_t>(1, std::llround(frames_per_second));
        const auto two = [](std::int64_t number) {
            return QStringLiteral("%1").arg(number, 2, 10, QLatin1Char('0'));
        };
        const std::int64_t seconds = frame / rate;
        return QStringList{two(seconds / 3600), two(seconds / 60 % 60), two(seconds % 60), two(frame % rate)}
            .join(QLatin1Char(':'));
    }
    const std::int64_t tenths =
        std::llround(std::floor(10.0 * static_cast<double>(frame) / frames_per_second + 1e-6));
    return QStringLiteral("%1:%2.%3")
        .arg(tenths / 600)
        .arg(tenths / 10 % 60, 2, 10, QLatin1Char('0'))
        .arg(tenths % 10);
}

} // namespace rushes::ui
