// The prompt: several lines, a history, and a quiet mark under words that the chosen model does not know.
#pragma once

#include <functional>

#include <QPlainTextEdit>
#include <QStringList>
#include <QSyntaxHighlighter>

namespace rushes::ui {

/// Dots under words that a test calls unknown.
class WordMarker : public QSyntaxHighlighter {
    Q_OBJECT

public:
    using Unknown = std::function<QStringList(const QString& text)>;

    explicit WordMarker(QTextDocument* document);
    void setUnknown(Unknown unknown);

protected:
    void highlightBlock(const QString& text) override;

private:
    Unknown unknown_;
};

class PromptEdit : public QPlainTextEdit {
    Q_OBJECT

public:
    explicit PromptEdit(QWidget* parent = nullptr);

    QString text() const { return toPlainText(); }

    /// As high as its text, between these.
    void setGrowth(int least, int most);

    void setText(const QString& text); ///< keeps the cursor where it can

    WordMarker& marker() { return *marker_; }

    /// Older prompts, newest first.
    void setHistory(const QStringList& history) { history_ = history; }

    void remember(const QString& prompt);

    const QStringList& history() const { return history_; }

    void older() { browse(1); }

    void newer() { browse(-1); }

signals:
    void edited(); ///< by the user

protected:
    bool event(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void browse(int step);
    void grow();

    WordMarker* marker_; ///< owned by the document
    QStringList history_;
    int least_ = 0;
    int most_ = 0;
    int browsing_ = -1; ///< index into history_; -1: the text being written
    QString draft_;     ///< what was being written when browsing began
};

} // namespace rushes::ui
