#include "controls/advanced_panel.h"

#include "controls/basic.h"
#include "controls/help.h"
#include "convert.h"
#include "generation/drafting.h"
#include "theme/icons.h"
#include "theme/theme.h"

#include <algorithm>

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QGridLayout>
#include <QLocale>
#include <QSignalBlocker>
#include <QVBoxLayout>

namespace rushes::ui {

namespace {

constexpr double guidance_limit = 20;

/// Of an entry of a list; none: the list's own.
QVariant colourOf(MemoryFit fit) {
    return fit == MemoryFit::fits    ? QVariant()
           : fit == MemoryFit::tight ? QVariant(tokens().warn)
                                     : QVariant(tokens().bad);
}

} // namespace

AdvancedPanel::AdvancedPanel(QWidget* parent)
    : QWidget(parent),
      toggle_(linkButton(QStringLiteral("advanced"), tr("Advanced"))),
      body_(new QWidget),
      guidance_(new QDoubleSpinBox),
      guidance_cost_(new FigureLabel(FigureLabel::Tone::hint)),
      scheduler_(new QComboBox),
      dtype_(new QComboBox),
      motion_(new QDoubleSpinBox),
      draft_(new QCheckBox(tr("Quick draft first"))),
      draft_model_(new QComboBox) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(size::space2);
    auto* head = new QHBoxLayout;
    head->addWidget(toggle_);
    head->addStretch();
    auto* what = new QLabel(tr("guidance, scheduler, draft"));
    setRole(what, "hint");
    head->addWidget(what);
    column->addLayout(head);
    column->addWidget(body_);

    toggle_->setCheckable(true);
    toggle_->setIcon(icon(QStringLiteral("chevron-right")));
    auto* grid = new QGridLayout(body_);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(size::space2);
    grid->setVerticalSpacing(size::space1);
    guidance_->setRange(0, guidance_limit);
    guidance_->setSingleStep(0.5);
    guidance_->setDecimals(1);
    setNames(guidance_, QStringLiteral("guidance"), tr("Guidance"));
    setNames(scheduler_, QStringLiteral("scheduler"), tr("Scheduler"));
    setNames(dtype_, QStringLiteral("dtype"), tr("Precision"));
    motion_->setRange(0, max_motion_scale);
    motion_->setSingleStep(0.1);
    motion_->setDecimals(2);
    setNames(motion_, QStringLiteral("motion"), tr("Motion"));
    motion_->setToolTip(tr("How much moves: 1 as the model was trained, less is calmer."));
    setNames(draft_, QStringLiteral("draft"), tr("Quick draft first"));
    draft_->setToolTip(tr("A short, small clip first, where the model gains from one."));
    setNames(draft_model_, QStringLiteral("draft-model"), tr("Model of the draft"));
    draft_model_->setToolTip(tr("A smaller or quicker model shows sooner what the clip may become."));
    dtype_->addItem(tr("automatic"), QStringLiteral("auto"));
    dtype_->addItem(QStringLiteral("fp32"), QStringLiteral("fp32"));
    dtype_->addItem(QStringLiteral("bf16"), QStringLiteral("bf16"));
    dtype_->addItem(QStringLiteral("fp8"), QStringLiteral("fp8"));
    dtype_->setToolTip(
        tr("fp32 gives the reference's picture; bf16 is faster and smaller on a graphics card, "
           "and what is chosen there automatically. fp8 keeps the model's weights in half of bf16's memory, "
           "and changes the picture a little.")
    );
    setNames(guidance_cost_, QStringLiteral("guidance-cost"), tr("Guidance"));
    guidance_cost_->setLeftOutWhenCut(true);
    guidance_cost_->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    grid->addWidget(
        new CaptionRow(tr("Guidance"), guidance_cost_, helpDot(HelpTopic::guidance, guidance_)), 0, 0
    );
    scheduler_caption_ = new CaptionRow(tr("Scheduler"), nullptr, helpDot(HelpTopic::scheduler, scheduler_));
    grid->addWidget(new CaptionRow(tr("Precision"), nullptr, helpDot(HelpTopic::precision, dtype_)), 0, 1);
    grid->addWidget(guidance_, 1, 0);
    grid->addWidget(dtype_, 1, 1);
    grid->addWidget(scheduler_caption_, 2, 0, 1, 2);
    grid->addWidget(scheduler_, 3, 0, 1, 2);
    auto* draft_row = new QHBoxLayout;
    draft_row->setSpacing(size::space1 + 2);
    draft_row->addWidget(draft_);
    draft_row->addWidget(helpDot(HelpTopic::draft, draft_));
    draft_row->addStretch();
    motion_caption_ = new CaptionRow(tr("Motion"), nullptr, helpDot(HelpTopic::motion, motion_));
    grid->addWidget(motion_caption_, 4, 0);
    grid->addWidget(motion_, 5, 0);
    grid->addLayout(draft_row, 6, 0, 1, 2);
    grid->addWidget(draft_model_, 7, 0, 1, 2);
    grid->setColumnStretch(0, 1);
    grid->setColumnStretch(1, 1);

    connect(toggle_, &QPushButton::toggled, this, [this](bool on) {
        setOpen(on);
        emit openChanged(on);
    });
    connect(guidance_, &QDoubleSpinBox::valueChanged, this, &AdvancedPanel::guidanceEdited);
    connect(scheduler_, &QComboBox::textActivated, this, [this](const QString& name) {
        emit schedulerChosen(toStd(name));
    });
    connect(dtype_, &QComboBox::activated, this, [this] {
        emit dtypeChosen(toStd(dtype_->currentData().toString()));
    });
    connect(motion_, &QDoubleSpinBox::valueChanged, this, &AdvancedPanel::motionEdited);
    connect(draft_, &QCheckBox::toggled, this, &AdvancedPanel::draftChanged);
    connect(draft_model_, &QComboBox::activated, this, [this] {
        emit draftModelChosen(toStd(draft_model_->currentData().toString()));
    });
    setOpen(false);
}

void AdvancedPanel::showRecipe(
    const Choices& choices, const Recipe& recipe, const std::vector<ModelInfo>& models
) {
    const QSignalBlocker quiet_guidance(guidance_);
    const QSignalBlocker quiet_motion(motion_);
    const QSignalBlocker quiet_draft(draft_);
    const ModelInfo& model = choices.model();
    guidance_->setValue(recipe.guidance_scale);
    guidance_->setEnabled(model.guidance_adjustable);
    guidance_->setToolTip(
        model.guidance_adjustable
            ? tr("How strictly the picture follows the prompt. Above 1 a step costs twice as much.")
            : tr("%1 has its guidance built in.").arg(toQString(model.name))
    );
    scheduler_->clear();
    for (const std::string& name : model.schedulers) {
        scheduler_->addItem(toQString(name));
    }
    scheduler_->setCurrentText(toQString(recipe.scheduler));
    scheduler_->setVisible(model.schedulers.size() > 1); // one is no choice
    scheduler_caption_->setVisible(model.schedulers.size() > 1);
    scheduler_->setToolTip(tr("The solver that turns noise into a picture. Hardly any effect on the time."));
    dtype_->setCurrentIndex(dtype_->findData(toQString(recipe.dtype)));
    motion_->setValue(recipe.motion_scale);
    motion_->setVisible(model.takes_motion_scale);
    motion_caption_->setVisible(model.takes_motion_scale);
    draft_->setChecked(recipe.draft);
    showDrafters(choices, recipe, models);
}

void AdvancedPanel::showDrafters(
    const Choices& choices, const Recipe& recipe, const std::vector<ModelInfo>& models
) {
    draft_model_->clear();
    draft_model_->addItem(tr("by the clip's own model"), QString());
    for (const ModelInfo* model : drafters_for(recipe, choices.model(), models)) {
        draft_model_->addItem(tr("by %1").arg(toQString(model->name)), toQString(model->id));
    }
    const QString chosen = toQString(recipe.draft_model);
    if (draft_model_->findData(chosen) < 0) { // it cannot, or is not here: the price says why
        draft_model_->addItem(tr("by %1").arg(chosen), chosen);
    }
    draft_model_->setCurrentIndex(draft_model_->findData(chosen));
    draft_model_->setVisible(draft_model_->count() > 1); // one is no choice
    draft_model_->setEnabled(recipe.draft);
}

void AdvancedPanel::showCosts(const Choices& choices, const Recipe& recipe, const CostOf& cost) {
    showGuidanceCost(choices, recipe, cost);
    const ClipCost now = cost(recipe);
    // In the list each choice says what it takes; in the "?" the first other one.
    const auto compare = [&](QComboBox& box, HelpTopic topic, const auto& set) {
        QString effect;
        ClipCost best = now;
        for (int i = 0; i < box.count(); ++i) {
            Recipe changed = recipe;
            set(changed, i);
            const ClipCost price = cost(changed);
            best = price.fit < best.fit ? price : best;
            box.setItemData(i, costText(price), Qt::ToolTipRole);
            box.setItemData(i, colourOf(fitOfChoice(price, now)), Qt::ForegroundRole);
            if (effect.isEmpty() && changed != recipe) {
                effect = effectText(now, price, box.itemText(i));
            }
        }
        setHelpEffect(topic, &box, effect);
        showFit(box, fitOfControl(now, best));
    };
    compare(*dtype_, HelpTopic::precision, [this](Recipe& r, int i) {
        r.dtype = toStd(dtype_->itemData(i).toString());
    });
    compare(*scheduler_, HelpTopic::scheduler, [this](Recipe& r, int i) {
        r.scheduler = toStd(scheduler_->itemText(i));
    });
    compare(*draft_model_, HelpTopic::draft, [this](Recipe& r, int i) {
        r.draft_model = toStd(draft_model_->itemData(i).toString());
    });
    Recipe other = recipe;
    other.draft = !recipe.draft;
    const ClipCost price = cost(other);
    setHelpEffect(
        HelpTopic::draft, draft_, effectText(now, price, other.draft ? tr("a draft first") : tr("no draft"))
    );
    showFit(*draft_, fitOfControl(now, price));
}

void AdvancedPanel::showGuidanceCost(const Choices& choices, const Recipe& recipe, const CostOf& cost) {
    const ModelInfo& model = choices.model();
    constexpr double usual = 5;
    Recipe other = recipe;
    other.guidance_scale = recipe.guidance_scale > 1 ? 1.0 : std::max(model.default_guidance, usual);
    const ClipCost now = cost(recipe);
    const ClipCost price = model.guidance_adjustable ? cost(other) : ClipCost{};
    const QString value = QLocale().toString(other.guidance_scale, 'g', 3);
    guidance_cost_->setText(
        price.seconds >= 0 ? tr("%1 at %2").arg(aboutSeconds(price.seconds), value) : QString()
    );
    setHelpEffect(HelpTopic::guidance, guidance_, effectText(now, price, value));
    showFit(*guidance_, model.guidance_adjustable ? fitOfControl(now, price) : MemoryFit::fits);
}

void AdvancedPanel::setOpen(bool open) {
    toggle_->setChecked(open);
    toggle_->setIcon(icon(open ? QStringLiteral("chevron-down") : QStringLiteral("chevron-right")));
    body_->setVisible(open);
}

bool AdvancedPanel::isOpen() const {
    return toggle_->isChecked();
}

} // namespace rushes::ui
