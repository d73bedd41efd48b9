#include "library/ask_line.h"

#include "controls/basic.h"
#include "theme/tokens.h"

#include <utility>

#include <QAbstractItemView>
#include <QCompleter>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLineEdit>

namespace rushes::ui {

AskLine::AskLine(QWidget* parent) : QWidget(parent), caption_(new Caption({})), edit_(new QLineEdit) {
    setNames(edit_, QStringLiteral("ask-line"), tr("Answer")); // until it is asked
    edit_->installEventFilter(this);
    // Not by the filter: while names are offered their list has the keys, and passes Enter on past filters.
    connect(edit_, &QLineEdit::returnPressed, this, [this] { end(true); });
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(caption_);
    row->addWidget(edit_, 1);
    hide();
}

void AskLine::ask(const Question& question, std::function<void(const QString& text)> answered) {
    answered_ = std::move(answered);
    caption_->setText(question.caption);
    setNames(edit_, question.name, question.accessible);
    edit_->setPlaceholderText(question.hint);
    edit_->setText(question.text);
    QCompleter* completer = nullptr;
    if (!question.known.isEmpty()) {
        completer = new QCompleter(question.known, edit_);
        completer->setCaseSensitivity(Qt::CaseInsensitive);
        completer->setFilterMode(Qt::MatchContains);
    }
    edit_->setCompleter(completer); // deletes the one before
    show();
    edit_->setFocus();
    edit_->selectAll();
}

void AskLine::end(bool answer) {
    if (edit_->completer() != nullptr) {
        edit_->completer()->popup()->hide();
    }
    hide();
    const auto answered = std::exchange(answered_, nullptr);
    if (answer && answered) {
        answered(edit_->text().simplified());
    }
    emit ended();
}

bool AskLine::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::KeyPress && static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape) {
        end(false);
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace rushes::ui
