#include "controls/prompt_edit.h"

#include "theme/theme.h"

#include <algorithm>

#include <QAbstractTextDocumentLayout>
#include <QKeyEvent>
#include <QRegularExpression>
#include <QSignalBlocker>
#include <QTextCharFormat>

namespace rushes::ui {

namespace {

constexpr int history_length = 100;

} // namespace

WordMarker::WordMarker(QTextDocument* document) : QSyntaxHighlighter(document) {}

void WordMarker::setUnknown(Unknown unknown) {
    unknown_ = std::move(unknown);
    const QSignalBlocker no_text_change(document()); // marks are not an edit
    rehighlight();
}

void WordMarker::highlightBlock(const QString& text) {
    if (!unknown_) {
        return;
    }
    QTextCharFormat format;
    format.setUnderlineStyle(QTextCharFormat::DotLine);
    format.setUnderlineColor(tokens().warn);
    for (const QString& word : unknown_(text)) {
        const QRegularExpression pattern(
            QStringLiteral("\\b%1\\b").arg(QRegularExpression::escape(word)),
            QRegularExpression::CaseInsensitiveOption | QRegularExpression::UseUnicodePropertiesOption
        );
        auto found = pattern.globalMatch(text);
        while (found.hasNext()) {
            const auto match = found.next();
            setFormat(
                static_cast<int>(match.capturedStart()), static_cast<int>(match.capturedLength()), format
            );
        }
    }
}

PromptEdit::PromptEdit(QWidget* parent) : QPlainTextEdit(parent), marker_(new WordMarker(document())) {
    setTabChangesFocus(true);
    setAcceptDrops(false);     // a dropped clip restores its settings; its address is no prompt
    setUndoRedoEnabled(false); // the window's undo stack has every change of a setting, also this one
    setVerticalScrollBarPolicy(Qt::ScrollBarAsNeeded);
    connect(this, &QPlainTextEdit::textChanged, this, &PromptEdit::edited);
    connect(
        document()->documentLayout(),
        &QAbstractTextDocumentLayout::documentSizeChanged,
        this,
        &PromptEdit::grow
    );
}

void PromptEdit::setGrowth(int least, int most) {
    least_ = least;
    most_ = most;
    grow();
}

void PromptEdit::grow() {
    if (most_ > 0) {
        // The layout of plain text counts in lines.
        const int text = static_cast<int>(document()->size().height()) * fontMetrics().lineSpacing();
        const int around = 2 * static_cast<int>(document()->documentMargin()) + size::space4;
        setFixedHeight(std::clamp(text + around, least_, most_));
    }
}

void PromptEdit::setText(const QString& text) {
    if (text == toPlainText()) {
        return;
    }
    const int position = textCursor().position();
    const QSignalBlocker quiet(this);
    setPlainText(text);
    QTextCursor cursor = textCursor();
    cursor.setPosition(std::min<int>(position, static_cast<int>(text.size())));
    setTextCursor(cursor);
}

void PromptEdit::remember(const QString& prompt) {
    browsing_ = -1;
    const QString trimmed = prompt.trimmed();
    if (trimmed.isEmpty()) {
        return;
    }
    history_.removeAll(trimmed);
    history_.prepend(trimmed);
    while (history_.size() > history_length) {
        history_.removeLast();
    }
}

bool PromptEdit::event(QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride) {
        // The text control would claim these for its own (switched off) undo and for plain Return.
        auto* key = static_cast<QKeyEvent*>(event);
        const bool window_has_it = key->matches(QKeySequence::Undo) || key->matches(QKeySequence::Redo) ||
                                   (key->modifiers() & Qt::ControlModifier && key->key() == Qt::Key_Return);
        if (window_has_it) {
            event->ignore();
            return false;
        }
    }
    return QPlainTextEdit::event(event);
}

void PromptEdit::keyPressEvent(QKeyEvent* event) {
    if (event->modifiers() == Qt::AltModifier && event->key() == Qt::Key_Up) {
        older();
    } else if (event->modifiers() == Qt::AltModifier && event->key() == Qt::Key_Down) {
        newer();
    } else {
        QPlainTextEdit::keyPressEvent(event);
    }
}

void PromptEdit::browse(int step) {
    const int next = std::clamp<int>(browsing_ + step, -1, static_cast<int>(history_.size()) - 1);
    if (next == browsing_) {
        return;
    }
    if (browsing_ == -1) {
        draft_ = toPlainText();
    }
    browsing_ = next;
    setText(next == -1 ? draft_ : history_[next]);
    moveCursor(QTextCursor::End);
    emit edited();
}

} // namespace rushes::ui
