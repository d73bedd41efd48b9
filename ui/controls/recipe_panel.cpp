#include "controls/recipe_panel.h"

#include "controls/advanced_panel.h"
#include "controls/basic.h"
#include "controls/fit_note.h"
#include "controls/generate_button.h"
#include "controls/help.h"
#include "controls/lora_group.h"
#include "controls/model_picker.h"
#include "controls/prompt_edit.h"
#include "controls/prompt_group.h"
#include "controls/seed_field.h"
#include "controls/shape_picker.h"
#include "controls/tab_order.h"
#include "convert.h"

#include <algorithm>

#include <QCheckBox>
#include <QLineEdit>
#include <QScrollArea>
#include <QScrollBar>
#include <QSignalBlocker>
#include <QTimer>
#include <QVBoxLayout>

namespace rushes::ui {

namespace {

constexpr int pause_between_steps_ms = 1200; ///< typing after a pause is another undo step

QLabel* hint(const QString& object_name) {
    auto* label = new QLabel;
    setRole(label, "hint");
    label->setObjectName(object_name);
    label->setWordWrap(true);
    return label;
}

/// A value beside a caption that can be typed over.
QLineEdit* valueField(const QString& object_name, const QString& accessible_name) {
    auto* field = new QLineEdit;
    setRole(field, "bare");
    setNames(field, object_name, accessible_name);
    field->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    field->setMinimumWidth(size::left_panel_min / 2); // "2.8 s · 33 frames · 12 fps", at the least
    return field;
}

} // namespace

RecipePanel::RecipePanel(QWidget* parent)
    : QWidget(parent),
      scroll_(new QScrollArea),
      what_(new PromptGroup),
      tiers_(new ChoiceRow("segment")),
      model_picker_(new ModelPicker),
      model_note_(hint(QStringLiteral("model-note"))),
      shape_(new ShapePicker),
      duration_text_(valueField(QStringLiteral("duration-text"), tr("Duration in seconds"))),
      duration_(new CalmSlider),
      steps_text_(valueField(QStringLiteral("steps-text"), tr("Number of steps"))),
      steps_(new CalmSlider),
      seed_(new SeedField),
      loras_(new LoraGroup),
      advanced_(new AdvancedPanel),
      edit_note_(makeEditNote()),
      fit_note_(new FitNote),
      generate_(new GenerateButton) {
    setRole(this, "panel");
    setNames(this, QStringLiteral("recipe-panel"), tr("Settings of the next clip"));
    auto* body = new QWidget;
    auto* column = new QVBoxLayout(body);
    column->setContentsMargins(size::space4, size::space3, size::space4, size::space3);
    column->setSpacing(size::space2 - 1); // at 1600 x 1000 all of it is seen
    column->addWidget(what_);
    makeHowWell(*column);
    makeHowLong(*column);
    column->addWidget(loras_);
    column->addWidget(advanced_);
    column->addStretch();

    QScrollArea* const scroll = scroll_;
    scroll->setWidget(body);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::NoFocus);
    // The bar takes its room from the margin: nothing moves when it comes.
    connect(scroll->verticalScrollBar(), &QScrollBar::rangeChanged, body, [column](int low, int high) {
        const int bar = high > low ? size::scroll_bar : 0;
        column->setContentsMargins(size::space4, size::space3, size::space4 - bar, size::space3);
    });
    auto* bottom = new QWidget;
    bottom_ = new QVBoxLayout(bottom);
    bottom_->setContentsMargins(size::space4, size::space2, size::space4, size::space4);
    bottom_->setSpacing(size::space2);
    for (QWidget* const widget :
         {edit_note_, static_cast<QWidget*>(fit_note_), static_cast<QWidget*>(generate_)}) {
        bottom_->addWidget(widget);
    }
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->setSpacing(0);
    outer->addWidget(scroll, 1);
    outer->addWidget(bottom);
    setMinimumWidth(size::left_panel_min);
    connectControls();
    generate_->setEnabled(false);
}

QWidget* RecipePanel::makeEditNote() {
    auto* note = new QWidget;
    setNames(note, QStringLiteral("edit-note"), tr("A clip of the queue is changed"));
    auto* row = new QHBoxLayout(note);
    row->setContentsMargins(0, 0, 0, 0);
    auto* words = new QLabel(tr("Settings of a waiting clip"));
    setRole(words, "dim");
    auto* cancel = linkButton(QStringLiteral("edit-cancel"), tr("Cancel"));
    connect(cancel, &QPushButton::clicked, this, &RecipePanel::editCancelled);
    row->addWidget(words);
    row->addStretch();
    row->addWidget(cancel);
    note->hide();
    return note;
}

void RecipePanel::setEditing(bool editing) {
    edit_note_->setVisible(editing);
}

void RecipePanel::makeHowWell(QBoxLayout& column) {
    const QString names[] = {tr("Fast"), tr("Balanced"), tr("Quality")};
    for (int i = 0; i < 3; ++i) {
        tiers_->add(QStringLiteral("tier-") + QLatin1String(tier_ids[i]), names[i]);
    }
    setNames(tiers_, QStringLiteral("tiers"), tr("Speed or quality"));
    setHelpEffect(HelpTopic::tiers, tiers_, {});
    tiers_->setToolTip(tr("How many steps the model takes: more settle details, and each takes its time."));
    column.addWidget(tiers_);
    auto* group = new QVBoxLayout;
    group->setSpacing(size::space1 + 2);
    group->addWidget(new CaptionRow(tr("Model"), nullptr, helpDot(HelpTopic::model, model_picker_)));
    group->addWidget(model_picker_);
    group->addWidget(model_note_);
    column.addLayout(group);
}

void RecipePanel::makeHowLong(QBoxLayout& column) {
    const auto group = [&](QWidget* head, QWidget* field) {
        auto* box = new QVBoxLayout;
        box->setSpacing(size::space1 + 2);
        box->addWidget(head);
        box->addWidget(field);
        column.addLayout(box);
    };
    group(new CaptionRow(tr("Aspect"), nullptr, helpDot(HelpTopic::shape, shape_)), shape_);
    setNames(duration_, QStringLiteral("duration"), tr("Duration"));
    duration_->setToolTip(
        tr("Twice as long takes twice the time, or more where the model sees the whole clip.")
    );
    setNames(steps_, QStringLiteral("steps"), tr("Steps"));
    group(new CaptionRow(tr("Duration"), duration_text_, helpDot(HelpTopic::duration, duration_)), duration_);
    group(new CaptionRow(tr("Steps"), steps_text_, helpDot(HelpTopic::steps, steps_)), steps_);
    steps_->setRange(1, most_steps);
    group(new CaptionRow(tr("Seed"), &seed_->newEachTime(), helpDot(HelpTopic::seed, seed_)), seed_);
}

void RecipePanel::change(const QString& field, const std::function<void(Recipe&)>& set) {
    Recipe next = recipe_;
    set(next);
    if (next != recipe_) {
        if (!sliding() && since_change_.isValid() && since_change_.elapsed() > pause_between_steps_ms) {
            newGesture();
        }
        since_change_.start();
        emit edited(next, {field, gesture_});
    }
}

void RecipePanel::connectControls() {
    connect(what_, &PromptGroup::promptChanged, this, [this](const QString& prompt, bool step) {
        if (step || prompt.isEmpty() != recipe_.prompt.empty()) {
            newGesture(); // clearing and starting anew are steps of their own
        }
        change(QStringLiteral("prompt"), [&](Recipe& r) { r.prompt = toStd(prompt); });
    });
    connect(what_, &PromptGroup::negativeChanged, this, [this](const QString& negative) {
        change(QStringLiteral("negative_prompt"), [&](Recipe& r) { r.negative_prompt = toStd(negative); });
    });
    connect(what_, &PromptGroup::presetsClicked, this, &RecipePanel::presetsClicked);
    connect(what_, &PromptGroup::promptChangesRemoved, this, [this] {
        newGesture();
        change(QStringLiteral("prompt_changes"), [](Recipe& r) {
            r.prompt_changes.clear();
            r.step_changes.clear();
        });
    });
    connect(tiers_, &ChoiceRow::chosen, this, &RecipePanel::chooseTier);
    connect(model_picker_, &ModelPicker::chosen, this, &RecipePanel::chooseModel);
    connect(model_picker_, &ModelPicker::addClicked, this, &RecipePanel::addModelClicked);
    connect(shape_, &ShapePicker::chosen, this, [this](int width, int height) {
        newGesture();
        change(QStringLiteral("shape"), [=](Recipe& r) {
            r.width = width;
            r.height = height;
        });
    });
    for (CalmSlider* slider : {duration_, steps_}) {
        connect(slider, &QSlider::sliderPressed, this, &RecipePanel::newGesture);
        connect(slider, &QSlider::sliderReleased, this, &RecipePanel::newGesture);
    }
    connect(duration_, &QSlider::valueChanged, this, [this](int k) {
        change(QStringLiteral("duration"), [this, k](Recipe& r) {
            r.frames = choices_ ? choices_->framesAt(k) : r.frames;
        });
    });
    connect(steps_, &QSlider::valueChanged, this, [this](int steps) {
        change(QStringLiteral("steps"), [=](Recipe& r) { r.steps = steps; });
    });
    connect(duration_text_, &QLineEdit::editingFinished, this, &RecipePanel::typeDuration);
    connect(steps_text_, &QLineEdit::editingFinished, this, &RecipePanel::typeSteps);
    connect(seed_, &SeedField::edited, this, [this](quint64 seed) {
        newGesture();
        change(QStringLiteral("seed"), [=](Recipe& r) { r.seed = seed; });
    });
    connect(loras_, &LoraGroup::edited, this, [this](const std::vector<RecipeLora>& loras, bool step) {
        if (step) {
            newGesture();
        }
        change(QStringLiteral("loras"), [&](Recipe& r) { r.loras = loras; });
    });
    connect(loras_, &LoraGroup::wordChosen, what_, &PromptGroup::addWord);
    connect(advanced_, &AdvancedPanel::guidanceEdited, this, [this](double guidance) {
        change(QStringLiteral("guidance_scale"), [=](Recipe& r) { r.guidance_scale = guidance; });
    });
    connect(advanced_, &AdvancedPanel::schedulerChosen, this, [this](const std::string& name) {
        change(QStringLiteral("scheduler"), [&](Recipe& r) { r.scheduler = name; });
    });
    connect(advanced_, &AdvancedPanel::dtypeChosen, this, [this](const std::string& name) {
        change(QStringLiteral("dtype"), [&](Recipe& r) { r.dtype = name; });
    });
    connect(advanced_, &AdvancedPanel::motionEdited, this, [this](double scale) {
        change(QStringLiteral("motion_scale"), [=](Recipe& r) { r.motion_scale = scale; });
    });
    connect(advanced_, &AdvancedPanel::draftChanged, this, [this](bool on) {
        newGesture();
        change(QStringLiteral("draft"), [=](Recipe& r) { r.draft = on; });
    });
    connect(advanced_, &AdvancedPanel::draftModelChosen, this, [this](const std::string& id) {
        newGesture();
        change(QStringLiteral("draft_model"), [&](Recipe& r) { r.draft_model = id; });
    });
    connect(advanced_, &AdvancedPanel::openChanged, this, [this](bool open) {
        if (open) { // once it has its height
            QTimer::singleShot(0, this, [this] { scroll_->ensureWidgetVisible(advanced_); });
        }
    });
    connect(generate_, &QPushButton::clicked, this, &RecipePanel::generateClicked);
}

void RecipePanel::showPromptLength(const std::optional<PromptLength>& length) {
    what_->showLength(length);
}

PromptEdit& RecipePanel::prompt() {
    return what_->prompt();
}

QPushButton& RecipePanel::presets() {
    return what_->presets();
}

void RecipePanel::setModels(
    const std::vector<ModelInfo>& models, const std::map<std::string, std::vector<WordGroup>>& grammar
) {
    models_ = models;
    grammar_ = grammar;
    model_picker_->setModels(models);
    generate_->setEnabled(!models.empty());
    showRecipe(recipe_);
}

Recipe RecipePanel::completed(const Recipe& recipe) const {
    if (models_.empty()) {
        return recipe;
    }
    const auto found = std::ranges::find(models_, recipe.model, &ModelInfo::id);
    return Choices(found == models_.end() ? models_.front() : *found).complete(recipe);
}

void RecipePanel::showRecipe(const Recipe& recipe) {
    recipe_ = completed(recipe);
    const auto found = std::ranges::find(models_, recipe_.model, &ModelInfo::id);
    if (found != models_.end() &&
        (!choices_ || choices_->model().id != found->id || choices_->model().hash != found->hash)) {
        const auto groups = grammar_.find(found->id);
        choices_.emplace(*found, groups == grammar_.end() ? std::vector<WordGroup>() : groups->second);
        showModel();
    }
    what_->showTexts(recipe_, choices_ ? &*choices_ : nullptr);
    seed_->showSeed(recipe_.seed);
    if (!choices_) {
        return;
    }
    const ModelInfo& model = choices_->model();
    const auto tier = std::ranges::find(model.tiers, recipe_.steps, &Tier::steps);
    const auto tier_id =
        tier == model.tiers.end() ? std::end(tier_ids) : std::ranges::find(tier_ids, tier->id);
    tiers_->setCurrent(tier_id == std::end(tier_ids) ? -1 : static_cast<int>(tier_id - std::begin(tier_ids)));
    model_picker_->setCurrent(recipe_.model, recipe_.steps);
    shape_->showShape(*choices_, recipe_.width, recipe_.height);
    const QSignalBlocker quiet_duration(duration_);
    const QSignalBlocker quiet_steps(steps_);
    duration_->setValue(choices_->latticeIndex(recipe_.frames));
    duration_text_->setText(durationText(recipe_.frames, recipe_.frame_rate));
    duration_->setAccessibleDescription(duration_text_->text());
    steps_->setValue(recipe_.steps);
    steps_text_->setText(
        model.fixed_steps ? tr("%1 · fixed").arg(recipe_.steps) : QString::number(recipe_.steps)
    );
    loras_->showRecipe(model, recipe_);
    advanced_->showRecipe(*choices_, recipe_, models_);
    emit shown();
    orderTabs(*this);
}

void RecipePanel::addUnderPrompt(QWidget* widget) {
    what_->layout()->addWidget(widget);
}

void RecipePanel::addAboveGenerate(QWidget* widget) {
    bottom_->insertWidget(0, widget);
}

void RecipePanel::showModel() {
    const ModelInfo& model = choices_->model();
    const QSignalBlocker quiet(duration_);
    duration_->setRange(choices_->minSteps(), choices_->maxSteps());
    duration_->setPageStep(std::max(1, choices_->maxSteps() / 10));
    steps_->setEnabled(!model.fixed_steps);
    steps_text_->setReadOnly(model.fixed_steps);
    steps_text_->setFocusPolicy(model.fixed_steps ? Qt::NoFocus : Qt::StrongFocus);
    steps_->setToolTip(
        model.fixed_steps ? tr("%1 was distilled to exactly this many steps.").arg(toQString(model.name))
                          : tr("More steps take longer and settle details.")
    );
    tiers_->setVisible(model.tiers.size() > 1); // one speed is no choice
    for (int i = 0; i < tiers_->count(); ++i) {
        const QString why_not = choices_->whyNoTier(tier_ids[i]);
        tiers_->button(i)->setEnabled(why_not.isEmpty());
        tiers_->button(i)->setToolTip(why_not);
    }
    const QString description = toQString(model.description);
    model_note_->setText(
        model.demonstration && description.isEmpty() ? tr("Demonstration model.") : description
    );
    model_note_->setVisible(model.demonstration);
    what_->showModel(*choices_);
}

bool RecipePanel::sliding() const {
    return duration_->isSliderDown() || steps_->isSliderDown();
}

bool RecipePanel::newSeedEachTime() const {
    return seed_->newEachTime().isChecked();
}

void RecipePanel::focusPrompt() {
    what_->prompt().setFocus();
    scroll_->ensureWidgetVisible(&what_->prompt());
}

} // namespace rushes::ui
