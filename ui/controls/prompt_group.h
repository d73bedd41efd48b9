// What the clip shows: prompt, its length and history, words that the model knows, negative prompt.
#pragma once

#include "controls/choices.h"

#include <optional>

#include <QWidget>

class QLabel;
class QPlainTextEdit;
class QPushButton;
class QStackedWidget;

namespace rushes::ui {

class ExamplePrompts;
class FigureLabel;
class PromptEdit;
class WordChips;

class PromptGroup : public QWidget {
    Q_OBJECT

public:
    explicit PromptGroup(QWidget* parent = nullptr);

    PromptEdit& prompt() { return *prompt_; }

    /// Where the menu of presets opens.
    QPushButton& presets() { return *presets_; }

    /// Another model: its examples and what it knows.
    void showModel(const Choices& choices);
    /// Without telling anybody.
    void showTexts(const Recipe& recipe, const Choices* choices);
    /// Behind the others, unless the prompt has it; an undo step of its own.
    void addWord(const QString& word);
    /// In place of the number of characters, until there is another model.
    void showLength(const std::optional<PromptLength>& length);

signals:
    /// `step`: begins an undo step of its own.
    void promptChanged(const QString& prompt, bool step);
    void negativeChanged(const QString& negative);
    void promptChangesRemoved();
    void presetsClicked();

private:
    QWidget* makeHead();
    QWidget* makeChips();
    void makeNegative();
    void showCount();
    void showUnknownWords(const Choices* choices);
    QWidget* makeTurns();
    void showTurns(const Recipe& recipe);
    void showNegativeToggle();
    void showUsualNegative();
    void showHistory(QWidget& below);
    void replace(const QString& unknown, const QString& word);

    PromptEdit* prompt_;
    QStackedWidget* chips_; ///< as high as the higher of the two: nothing moves while one types
    ExamplePrompts* examples_;
    WordChips* known_;
    FigureLabel* count_;
    QPushButton* presets_;
    QLabel* unknown_;
    QLabel* turns_words_;
    QWidget* turns_; ///< prompts that take over on the way, where the recipe has some
    QPushButton* negative_toggle_;
    QPlainTextEdit* negative_;
    QPushButton* usual_; ///< puts the model's usual negative prompt in
    QString usual_negative_;
    std::optional<PromptLength> length_;
    bool negative_used_ = false;
};

} // namespace rushes::ui
