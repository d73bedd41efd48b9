#include "controls/basic.h"

#include "theme/painted_icon.h"
#include "theme/theme.h"

#include <cmath>

#include <QCoreApplication>
#include <QDialog>
#include <QDialogButtonBox>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLineEdit>
#include <QPainter>
#include <QWheelEvent>

namespace rushes::ui {

void setRole(QWidget* widget, const char* role) {
    widget->setProperty("role", QString::fromLatin1(role));
    widget->setAttribute(Qt::WA_StyledBackground);
}

void setNames(QWidget* widget, const QString& object_name, const QString& accessible_name) {
    widget->setObjectName(object_name);
    widget->setAccessibleName(accessible_name);
}

Caption::Caption(const QString& text, QWidget* parent) : QLabel(text, parent) {
    setRole(this, "caption");
    setFont(captionFont());
}

FigureLabel::FigureLabel(Tone tone, QWidget* parent) : QWidget(parent), tone_(tone) {
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
}

void FigureLabel::setText(const QString& text) {
    if (text == text_) {
        return;
    }
    const bool wider = figuresWidth(textFont(), text) > figuresWidth(textFont(), text_);
    text_ = text;
    setAccessibleDescription(text);
    if (wider || widest_.isEmpty()) {
        updateGeometry();
    }
    update();
}

void FigureLabel::setAlignment(Qt::Alignment alignment) {
    alignment_ = alignment;
    update();
}

void FigureLabel::reserve(const QString& widest) {
    widest_ = widest;
    updateGeometry();
}

QFont FigureLabel::textFont() const {
    return tone_ == Tone::hint ? labelFont() : valueFont();
}

QSize FigureLabel::sizeHint() const {
    const QFont font = textFont();
    const double width = std::max(figuresWidth(font, text_), figuresWidth(font, widest_));
    return {static_cast<int>(std::ceil(width)) + 1, QFontMetrics(font).height() + size::space1};
}

void FigureLabel::setElided(bool elided) {
    elided_ = elided;
    updateGeometry();
}

QSize FigureLabel::minimumSizeHint() const {
    return elided_ ? QSize(0, sizeHint().height()) : sizeHint();
}

void FigureLabel::setLeftOutWhenCut(bool left_out) {
    setElided(left_out); // else it takes its room
    left_out_when_cut_ = left_out;
}

void FigureLabel::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setFont(textFont());
    painter.setPen(tone_ == Tone::value ? tokens().text : tokens().text2);
    const bool cut = elided_ && figuresWidth(painter.font(), text_) > width();
    if (cut && left_out_when_cut_) {
        return;
    }
    drawFigures(
        painter,
        rect(),
        alignment_,
        cut ? painter.fontMetrics().elidedText(text_, Qt::ElideMiddle, width()) : text_
    );
}

CaptionRow::CaptionRow(const QString& caption, QWidget* right, QWidget* help) {
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(size::space1 + 2);
    row->addWidget(new Caption(caption));
    if (help != nullptr) {
        row->addWidget(help);
    }
    row->addStretch();
    if (right != nullptr) {
        row->addWidget(right, 1); // fields take the room that is left
        row->setAlignment(
            right, qobject_cast<QLineEdit*>(right) != nullptr ? Qt::Alignment() : Qt::AlignRight
        );
    }
}

CalmSlider::CalmSlider(QWidget* parent) : QSlider(Qt::Horizontal, parent) {
    setFocusPolicy(Qt::StrongFocus);
    setMinimumHeight(size::slider);
}

void CalmSlider::setLastThatFits(std::optional<int> value) {
    last_that_fits_ = value;
    update();
}

/// What does not fit is a dashed line over the groove: not by colour alone.
void CalmSlider::paintEvent(QPaintEvent* event) {
    QSlider::paintEvent(event);
    if (!last_that_fits_ || maximum() <= minimum()) {
        return;
    }
    QPainter painter(this);
    const double share = (*last_that_fits_ + 0.5 - minimum()) / (maximum() - minimum());
    const double from = size::handle / 2.0 + share * (width() - size::handle);
    QPen pen(tokens().bad, size::focus_ring);
    pen.setDashPattern({2, 2});
    painter.setPen(pen);
    const double y = height() / 2.0 + size::handle / 2.0;
    painter.drawLine(QPointF(from, y), QPointF(width() - size::handle / 2.0, y));
}

void CalmSlider::wheelEvent(QWheelEvent* event) {
    if (hasFocus()) {
        QSlider::wheelEvent(event);
    } else {
        event->ignore();
    }
}

ChoiceRow::ChoiceRow(const char* button_role, QWidget* parent)
    : QWidget(parent), button_role_(button_role), row_(new QHBoxLayout(this)) {
    const bool segment = qstrcmp(button_role, "segment") == 0;
    if (segment) {
        setRole(this, "field");
    }
    const int margin = segment ? 3 : 0;
    row_->setContentsMargins(margin, margin, margin, margin);
    row_->setSpacing(segment ? 0 : size::space2);
}

QPushButton* ChoiceRow::add(const QString& object_name, const QString& text) {
    auto* button = new QPushButton(text, this);
    setRole(button, button_role_);
    setNames(button, object_name, text);
    button->setCheckable(true);
    button->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    button->setMinimumWidth(0);
    button->setFocusPolicy(Qt::TabFocus);
    button->installEventFilter(this);
    const int index = count();
    connect(button, &QPushButton::clicked, this, [this, index] { choose(index); });
    buttons_.push_back(button);
    row_->addWidget(button, 1);
    return button;
}

void ChoiceRow::clear() {
    for (QPushButton* button : buttons_) {
        row_->removeWidget(button);
        button->hide();
        button->deleteLater();
    }
    buttons_.clear();
    current_ = -1;
}

void ChoiceRow::setCurrent(int index) {
    current_ = index;
    for (int i = 0; i < count(); ++i) {
        button(i)->setChecked(i == index);
    }
}

void ChoiceRow::choose(int index) {
    const bool changed = index != current_;
    setCurrent(index);
    if (changed) {
        emit chosen(index);
    }
}

void ChoiceRow::moveBy(int from, int step) {
    for (int i = from + step; i >= 0 && i < count(); i += step) {
        if (button(i)->isEnabled()) {
            button(i)->setFocus(Qt::TabFocusReason);
            choose(i);
            return;
        }
    }
}

bool ChoiceRow::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::KeyPress) {
        const auto found = std::ranges::find(buttons_, watched);
        const int key = static_cast<QKeyEvent*>(event)->key();
        if (found != buttons_.end() && (key == Qt::Key_Left || key == Qt::Key_Right)) {
            moveBy(static_cast<int>(found - buttons_.begin()), key == Qt::Key_Left ? -1 : 1);
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

namespace {

class RatioIcon : public PaintedIcon {
public:
    explicit RatioIcon(double ratio) : ratio_(ratio) {}

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State state) override {
        const double longest = rect.width() - 3;
        const double width = ratio_ >= 1 ? longest : longest * ratio_;
        const double height = ratio_ >= 1 ? longest / ratio_ : longest;
        const QPointF centre = QRectF(rect).center();
        const Tokens& t = tokens();
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(QPen(
            mode == QIcon::Disabled ? t.text3 : (state == QIcon::On ? t.text : t.text2),
            size::icon_stroke * 0.9
        ));
        painter->drawRoundedRect(
            QRectF(centre.x() - width / 2, centre.y() - height / 2, width, height), 1.5, 1.5
        );
        painter->restore();
    }

    QIconEngine* clone() const override { return new RatioIcon(ratio_); } // owned by the QIcon that asks

private:
    double ratio_;
};

} // namespace

QIcon ratioIcon(double ratio) {
    return QIcon(new RatioIcon(ratio)); // QIcon owns its engine
}

QPushButton* linkButton(const QString& object_name, const QString& text) {
    auto* button = new QPushButton(text);
    setRole(button, "link");
    setNames(button, object_name, text);
    button->setCursor(Qt::PointingHandCursor);
    button->setFocusPolicy(Qt::TabFocus);
    button->setAutoDefault(false); // Enter in a field beside it is not meant for it
    return button;
}

QPushButton* addGoOrCancel(QDialog& dialog, const QString& object_name, const QString& text) {
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel);
    QPushButton* const go = buttons->addButton(text, QDialogButtonBox::AcceptRole);
    setNames(go, object_name + QStringLiteral("-go"), text);
    go->setDefault(true);
    QPushButton* const cancel = buttons->button(QDialogButtonBox::Cancel);
    setNames(
        cancel, object_name + QStringLiteral("-cancel"), QCoreApplication::translate("Controls", "Cancel")
    );
    cancel->setAutoDefault(false);
    cancel->setIcon({}); // the desktop's own does not go with the sheet
    dialog.layout()->addWidget(buttons);
    QObject::connect(buttons, &QDialogButtonBox::accepted, &dialog, &QDialog::accept);
    QObject::connect(buttons, &QDialogButtonBox::rejected, &dialog, &QDialog::reject);
    return go;
}

QString withKeys(const QString& text, const QString& keys) {
    return keys.isEmpty() ? text : QStringLiteral("%1 (%2)").arg(text, keys);
}

QWidget* hairline() {
    auto* line = new QWidget;
    setRole(line, "hairline");
    line->setFixedHeight(size::hairline);
    return line;
}

} // namespace rushes::ui
