#include "controls/prompt_group.h"

#include "controls/basic.h"
#include "controls/example_prompts.h"
#include "controls/help.h"
#include "controls/prompt_edit.h"
#include "controls/word_chips.h"
#include "convert.h"

#include <QLocale>
#include <QMenu>
#include <QRegularExpression>
#include <QSignalBlocker>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace rushes::ui {

PromptGroup::PromptGroup(QWidget* parent)
    : QWidget(parent),
      prompt_(new PromptEdit),
      chips_(new QStackedWidget),
      examples_(new ExamplePrompts),
      known_(new WordChips),
      count_(new FigureLabel(FigureLabel::Tone::hint)),
      presets_(linkButton(QStringLiteral("presets"), tr("presets"))),
      unknown_(new QLabel),
      turns_words_(new QLabel),
      turns_(makeTurns()),
      negative_toggle_(linkButton(QStringLiteral("negative-toggle"), tr("add"))),
      negative_(new QPlainTextEdit),
      usual_(linkButton(QStringLiteral("negative-usual"), tr("use the usual one"))) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(size::space1 + 2);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum); // captions stay at their fields
    column->addWidget(makeHead());
    setNames(prompt_, QStringLiteral("prompt"), tr("Prompt"));
    prompt_->setToolTip(tr("What is seen and what happens. A longer text takes hardly more time."));
    prompt_->setPlaceholderText(tr("What happens in the clip?"));
    prompt_->setGrowth(size::prompt, size::prompt_max);
    column->addWidget(prompt_);
    setRole(unknown_, "hint");
    unknown_->setObjectName(QStringLiteral("unknown-words"));
    unknown_->setWordWrap(true);
    // Its line stays reserved: nothing moves while one types.
    QSizePolicy reserved = unknown_->sizePolicy();
    reserved.setRetainSizeWhenHidden(true);
    unknown_->setSizePolicy(reserved);
    unknown_->setMinimumHeight(unknown_->fontMetrics().height());
    unknown_->hide();
    column->addWidget(unknown_);
    column->addWidget(turns_);
    column->addWidget(makeChips());
    column->addWidget(
        new CaptionRow(tr("Negative"), negative_toggle_, helpDot(HelpTopic::negative, negative_))
    );
    makeNegative();
    column->addWidget(negative_);
    column->addWidget(usual_, 0, Qt::AlignLeft);
    connect(prompt_, &PromptEdit::edited, this, [this] { emit promptChanged(prompt_->text(), false); });
}

void PromptGroup::addWord(const QString& word) {
    const QString text = prompt_->text().trimmed();
    if (!text.contains(word, Qt::CaseInsensitive)) {
        emit promptChanged(text.isEmpty() ? word : text + QStringLiteral(", ") + word, true);
    }
}

QWidget* PromptGroup::makeTurns() {
    auto* turns = new QWidget;
    setNames(turns, QStringLiteral("prompt-changes"), tr("Prompts that take over on the way"));
    auto* row = new QHBoxLayout(turns);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(size::space3);
    setRole(turns_words_, "hint");
    turns_words_->setTextFormat(Qt::PlainText);
    turns_words_->setWordWrap(true);
    auto* remove = linkButton(QStringLiteral("prompt-changes-remove"), tr("remove"));
    remove->setAccessibleName(tr("Remove the prompts that take over on the way"));
    connect(remove, &QPushButton::clicked, this, &PromptGroup::promptChangesRemoved);
    row->addWidget(turns_words_, 1);
    row->addWidget(remove, 0, Qt::AlignTop);
    turns->hide();
    return turns;
}

void PromptGroup::showTurns(const Recipe& recipe) {
    QStringList lines;
    for (const PromptChange& change : recipe.prompt_changes) {
        lines << tr("From %1 s: %2")
                     .arg(QLocale().toString(change.frame / recipe.frame_rate.fps(), 'f', 1))
                     .arg(toQString(change.prompt));
    }
    for (const StepChange& change : recipe.step_changes) {
        QStringList what;
        if (!change.prompt.empty()) {
            what << toQString(change.prompt);
        }
        if (change.guidance_scale >= 0) {
            what << tr("guidance %1").arg(QLocale().toString(change.guidance_scale));
        }
        lines << tr("After step %1: %2").arg(change.after_steps).arg(what.join(QStringLiteral("; ")));
    }
    turns_words_->setText(lines.join(QLatin1Char('\n')));
    turns_->setVisible(!lines.isEmpty());
}

QWidget* PromptGroup::makeHead() {
    auto* history = linkButton(QStringLiteral("history"), tr("history"));
    history->setToolTip(tr("Earlier prompts: Alt+Up and Alt+Down"));
    connect(history, &QPushButton::clicked, this, [this, history] { showHistory(*history); });
    presets_->setToolTip(tr("Words and settings that you keep and use again"));
    connect(presets_, &QPushButton::clicked, this, &PromptGroup::presetsClicked);
    auto* right = new QWidget;
    auto* row = new QHBoxLayout(right);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(size::space3);
    row->addWidget(count_);
    row->addWidget(presets_);
    row->addWidget(history);
    count_->setObjectName(QStringLiteral("prompt-count"));
    return new CaptionRow(tr("Prompt"), right, helpDot(HelpTopic::prompt, prompt_));
}

QWidget* PromptGroup::makeChips() {
    chips_->addWidget(examples_);
    chips_->addWidget(known_);
    chips_->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
    connect(examples_, &ExamplePrompts::chosen, this, [this](const QString& example) {
        emit promptChanged(example, true);
        prompt_->setFocus();
    });
    connect(known_, &WordChips::chosen, this, &PromptGroup::replace);
    return chips_;
}

void PromptGroup::makeNegative() {
    setNames(negative_, QStringLiteral("negative"), tr("Negative prompt"));
    negative_->setPlaceholderText(tr("What should not be in it?"));
    negative_->setFixedHeight(size::negative);
    negative_->setTabChangesFocus(true);
    negative_->setAcceptDrops(false);
    negative_->setUndoRedoEnabled(false);
    negative_->hide();
    connect(negative_, &QPlainTextEdit::textChanged, this, [this] {
        emit negativeChanged(negative_->toPlainText());
    });
    usual_->setToolTip(tr("What most clips of this model are better without"));
    usual_->hide();
    connect(usual_, &QPushButton::clicked, this, [this] { emit negativeChanged(usual_negative_); });
    connect(negative_toggle_, &QPushButton::clicked, this, [this] {
        negative_->setVisible(!negative_->isVisible());
        showNegativeToggle();
        showUsualNegative();
        if (negative_->isVisible()) {
            negative_->setFocus();
        }
    });
}

void PromptGroup::showModel(const Choices& choices) {
    prompt_->marker().setUnknown(
        choices.model().vocabulary.empty()
            ? WordMarker::Unknown()
            : [choices](const QString& text) { return choices.unknownWords(text); }
    );
    examples_->setExamples(choices.model().examples);
    known_->setOffer({});
    chips_->setVisible(!examples_->isEmpty() || !choices.model().vocabulary.empty());
    usual_negative_ = toQString(choices.model().default_negative);
    length_.reset();
}

void PromptGroup::showLength(const std::optional<PromptLength>& length) {
    length_ = length;
    showCount();
}

/// Where it is not the text already.
void PromptGroup::showUsualNegative() {
    usual_->setVisible(
        !negative_->isHidden() && !usual_negative_.isEmpty() && negative_->toPlainText() != usual_negative_
    );
}

void PromptGroup::showTexts(const Recipe& recipe, const Choices* choices) {
    prompt_->setText(toQString(recipe.prompt));
    const QSignalBlocker quiet(negative_);
    if (negative_->toPlainText() != toQString(recipe.negative_prompt)) {
        negative_->setPlainText(toQString(recipe.negative_prompt));
    }
    negative_used_ = !recipe.negative_prompt.empty();
    showNegativeToggle();
    showUsualNegative();
    showTurns(recipe);
    showUnknownWords(choices);
    showCount();
}

/// A text that applies is never called absent.
void PromptGroup::showNegativeToggle() {
    negative_toggle_->setText(
        !negative_->isHidden() ? tr("hide")
        : negative_used_       ? tr("show (in use)")
                               : tr("add")
    );
}

/// Characters of the prompt, or pieces where the model counts them; too many are told while one types.
void PromptGroup::showCount() {
    const auto length = prompt_->text().toUcs4().size();
    const auto over = length - static_cast<qsizetype>(max_prompt_characters);
    const bool counted = length_ && length > 0 && over <= 0;
    count_->setToolTip(
        counted
            ? tr("Pieces of text, of which the model reads %1 at once. A longer prompt is read in several "
                 "parts, each on its own.")
                  .arg(length_->chunk)
            : QString()
    );
    if (counted) {
        const QString pieces = tr("%1 of %2").arg(length_->pieces).arg(length_->chunk * length_->chunks);
        count_->setText(length_->chunks > 1 ? tr("%1 · %2 parts").arg(pieces).arg(length_->chunks) : pieces);
        return;
    }
    count_->setText(
        over > 0     ? tr("%1 characters too long").arg(over)
        : length > 0 ? QString::number(length)
                     : QString()
    );
}

void PromptGroup::showUnknownWords(const Choices* choices) {
    const WordOffer offer = choices != nullptr ? choices->offer(prompt_->text()) : WordOffer();
    unknown_->setVisible(!offer.unknown.isEmpty());
    if (!offer.unknown.isEmpty()) {
        const QStringList unknown = choices->unknownWords(prompt_->text());
        unknown_->setText(tr("Not known to this model: %1").arg(unknown.join(QStringLiteral(", "))));
        known_->setOffer(offer);
    }
    chips_->setCurrentWidget(offer.unknown.isEmpty() ? static_cast<QWidget*>(examples_) : known_);
}

void PromptGroup::replace(const QString& unknown, const QString& word) {
    QString text = prompt_->text();
    const QRegularExpression pattern(
        QStringLiteral("\\b%1\\b").arg(QRegularExpression::escape(unknown)),
        QRegularExpression::CaseInsensitiveOption | QRegularExpression::UseUnicodePropertiesOption
    );
    const auto found = pattern.match(text);
    if (found.hasMatch()) {
        emit promptChanged(text.replace(found.capturedStart(), found.capturedLength(), word), true);
    }
    prompt_->setFocus();
}

void PromptGroup::showHistory(QWidget& below) {
    QMenu menu(this);
    menu.setObjectName(QStringLiteral("history-menu"));
    constexpr qsizetype shown = 20;
    for (const QString& earlier : prompt_->history().mid(0, shown)) {
        const QString words =
            menu.fontMetrics().elidedText(earlier.simplified(), Qt::ElideRight, 3 * size::left_panel / 2);
        menu.addAction(QString(words).replace(QLatin1Char('&'), QLatin1String("&&")), this, [this, earlier] {
            emit promptChanged(earlier, true);
            prompt_->setFocus();
        });
    }
    if (menu.isEmpty()) {
        menu.addAction(tr("No earlier prompts yet"))->setEnabled(false);
    }
    menu.exec(below.mapToGlobal(QPoint(0, below.height())));
}

} // namespace rushes::ui
