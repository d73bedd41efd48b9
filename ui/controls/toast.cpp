#include "controls/toast.h"

#include "controls/basic.h"

#include <QHBoxLayout>

namespace rushes::ui {

Toast::Toast(QWidget* parent)
    : QWidget(parent), label_(new QLabel), action_(linkButton(QStringLiteral("toast-action"), {})) {
    setRole(this, "toast");
    setNames(this, QStringLiteral("toast"), tr("Message"));
    action_->setAccessibleName(tr("Nothing to do"));
    label_->setObjectName(QStringLiteral("toast-text"));
    label_->setTextFormat(Qt::PlainText);
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
    hide();
}

void Toast::say(const QString& text, const QString& action, std::function<void()> act) {
    label_->setText(text);
    setAccessibleDescription(text);
    action_->setText(action);
    action_->setAccessibleName(action.isEmpty() ? tr("Nothing to do") : action);
    action_->setVisible(!action.isEmpty());
    act_ = std::move(act);
    show();
    timer_.start(motion::toast_ms);
}

QString Toast::text() const {
    return isHidden() ? QString() : label_->text();
}

} // namespace rushes::ui
