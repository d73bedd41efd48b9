#include "controls/generate_button.h"

#include "controls/basic.h"
#include "theme/theme.h"

#include <QPainter>

namespace rushes::ui {

GenerateButton::GenerateButton(QWidget* parent) : QPushButton(parent) {
    setNames(this, QStringLiteral("generate"), tr("Generate"));
    setText(tr("Generate"));
    setFixedHeight(size::generate);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setFocusPolicy(Qt::TabFocus); // Space after a click plays; it must not generate again
    setCursor(Qt::PointingHandCursor);
}

void GenerateButton::setPrice(const QString& price) {
    price_ = price;
    describe();
}

void GenerateButton::setNote(const QString& note) {
    note_ = note;
    setToolTip(note);
    describe();
}

void GenerateButton::describe() {
    setAccessibleDescription(note_.isEmpty() ? price_ : price_ + QStringLiteral(". ") + note_);
    update();
}

void GenerateButton::setKeys(const QString& keys) {
    keys_ = keys;
    update();
}

void GenerateButton::setState(State state) {
    setText(
        state == State::keeps    ? tr("Keep the change")
        : state == State::paused ? tr("Queue (paused)")
        : state == State::queues ? tr("Queue")
                                 : tr("Generate")
    );
    setAccessibleName(text());
}

QSize GenerateButton::sizeHint() const {
    return {size::left_panel_min - 2 * size::space4, size::generate};
}

void GenerateButton::paintEvent(QPaintEvent*) {
    const Tokens& t = tokens();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QColor fill = !isEnabled() ? t.raised : (underMouse() || isDown() ? t.accent_hover : t.accent);
    painter.setPen(Qt::NoPen);
    painter.setBrush(fill);
    painter.drawRoundedRect(rect(), size::radius_generate, size::radius_generate);
    if (hasFocus()) {
        painter.setPen(QPen(t.text, size::focus_ring));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(
            QRectF(rect()).adjusted(1, 1, -1, -1), size::radius_generate - 1, size::radius_generate - 1
        );
    }
    painter.setPen(isEnabled() ? t.on_accent : t.text3);
    QFont title = valueFont(QFont::Bold);
    title.setPixelSize(size::font_generate);
    painter.setFont(title);
    QRect inner = rect().adjusted(size::space4, 0, -size::space4, 0);
    if (!note_.isEmpty()) {
        painter.setFont(labelFont());
        const QFontMetrics small(painter.font());
        const QRect below = inner.adjusted(0, 0, 0, -size::space1);
        painter.drawText(
            below, Qt::AlignLeft | Qt::AlignBottom, small.elidedText(note_, Qt::ElideRight, below.width())
        );
        inner.setBottom(below.bottom() - small.height());
        painter.setFont(title);
    }
    painter.drawText(inner, Qt::AlignLeft | Qt::AlignVCenter, text());

    const int title_end = inner.left() + QFontMetrics(title).horizontalAdvance(text()) + size::space3;
    painter.setFont(labelFont(QFont::DemiBold));
    const double key_width = figuresWidth(painter.font(), keys_);
    // Of a price that is too long the last part stays: the memory, which decides whether it can be made.
    QString price = price_;
    while (figuresWidth(painter.font(), price) > inner.right() - title_end &&
           price.contains(QStringLiteral(" · "))) {
        price.remove(0, price.indexOf(QStringLiteral(" · ")) + 3);
    }
    const double price_width = figuresWidth(painter.font(), price);
    // The price counts for more than the shortcut, which its tooltip says too.
    const QRectF beside_keys = QRectF(inner).adjusted(0, 0, -key_width - size::space3, 0);
    const bool both = beside_keys.right() - price_width >= title_end;
    if (both) {
        drawFigures(painter, inner, Qt::AlignRight | Qt::AlignVCenter, keys_);
    }
    drawFigures(
        painter,
        both ? beside_keys : QRectF(inner).adjusted(title_end - inner.left(), 0, 0, 0),
        Qt::AlignRight | Qt::AlignVCenter,
        price
    );
}

} // namespace rushes::ui
