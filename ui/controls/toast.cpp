#include "controls/toast.h"

#include "controls/basic.h"

#include <algorithm>

#include <QEvent>
#include <QHBoxLayout>

namespace rushes::ui {

Toast::Toast(QWidget* parent)
    : QWidget(parent), label_(new QLabel), action_(linkButton(QStringLiteral("toast-action"), {})) {
    setRole(this, "toast");
    setAttribute(Qt::WA_StyledBackground);
    setAttribute(Qt::WA_NoMousePropagation); // a click on a message is none on what lies below
    setNames(this, QStringLiteral("toast"), tr("Message"));
    action_->setAccessibleName(tr("Nothing to do"));
    label_->setObjectName(QStringLiteral("toast-text"));
    label_->setTextFormat(Qt::PlainText);
    label_->setWordWrap(true);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(size::space3, size::space1 + 2, size::space2, size::space1 + 2);
    row->addWidget(label_, 1);
    row->addWidget(action_);
    timer_.setSingleShot(true);
    connect(&timer_, &QTimer::timeout, this, &QWidget::hide);
    connect(action_, &QPushButton::clicked, this, [this] {
        const auto act = act_;
        hide();
        if (act) {
            act();
        }
    });
    if (parent != nullptr) {
        parent->installEventFilter(this);
    }
    hide();
}

void Toast::say(const QString& text, const QString& action, std::function<void()> act) {
    label_->setText(text);
    setAccessibleDescription(text);
    action_->setText(action);
    action_->setAccessibleName(action.isEmpty() ? tr("Nothing to do") : action);
    action_->setVisible(!action.isEmpty());
    act_ = std::move(act);
    place();
    show();
    raise();
    timer_.start(motion::toast_ms);
}

void Toast::withdrawAction() {
    act_ = {};
    action_->hide();
}

QString Toast::text() const {
    return isHidden() ? QString() : label_->text();
}

bool Toast::eventFilter(QObject* watched, QEvent* event) {
    if (watched == parentWidget() && event->type() == QEvent::Resize) {
        place();
    }
    return QWidget::eventFilter(watched, event);
}

void Toast::place() {
    const QWidget* room = parentWidget();
    if (room == nullptr) {
        return;
    }
    const int widest = std::max(size::stage_min, room->width() - 2 * size::space4);
    label_->setWordWrap(false);
    int width = sizeHint().width();
    if (width > widest) {
        label_->setWordWrap(true);
        width = widest;
    }
    const int height = std::max(sizeHint().height(), heightForWidth(width));
    setGeometry((room->width() - width) / 2, room->height() - size::space2 - height, width, height);
}

} // namespace rushes::ui
