#include "desk/preset_dialog.h"

#include "base/case_fold.h"
#include "base/error.h"
#include "controls/basic.h"
#include "convert.h"

#include <algorithm>

#include <QCheckBox>
#include <QCoreApplication>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace rushes::ui {

namespace {

/// There is something of it to keep.
bool offers(const PresetPart& part, const Recipe& recipe) {
    const std::string id = part.id;
    return (id != "loras" || !recipe.loras.empty()) &&
           (id != "negative" || !recipe.negative_prompt.empty()) &&
           (id != "motion" || recipe.motion_scale != 1);
}

} // namespace

PresetDialog::PresetDialog(Recipe recipe, std::vector<SavedPreset> known, QWidget* parent)
    : QDialog(parent), recipe_(std::move(recipe)), known_(std::move(known)), state_(new QLabel) {
    setObjectName(QStringLiteral("preset-dialog"));
    setWindowTitle(tr("Keep as a preset"));
    auto* column = new QVBoxLayout(this);
    name_ = addField(tr("Name"), QStringLiteral("preset-name"));
    words_ = addField(tr("Words for the prompt"), QStringLiteral("preset-words"));
    words_->setPlaceholderText(tr("{prompt}, watercolour, soft light"));
    auto* hint = new QLabel(tr("{prompt} stands for what you type; without it the words come behind."));
    setRole(hint, "hint");
    hint->setWordWrap(true);
    column->addWidget(hint);
    column->addWidget(new Caption(tr("Of the settings")));
    for (const PresetPart& part : preset_parts()) {
        auto* box = new QCheckBox(QCoreApplication::translate("PresetPart", part.label));
        setNames(box, QStringLiteral("preset-") + QString::fromLatin1(part.id), box->text());
        box->setChecked(std::string_view(part.id) == "quality");
        box->setVisible(offers(part, recipe_));
        connect(box, &QCheckBox::toggled, this, &PresetDialog::look);
        column->addWidget(box);
        parts_.push_back(box);
    }
    setNames(state_, QStringLiteral("preset-state"), tr("What will be kept"));
    setRole(state_, "hint");
    state_->setWordWrap(true);
    state_->setMinimumWidth(380);
    column->addWidget(state_);
    keep_ = addGoOrCancel(*this, QStringLiteral("preset"), tr("Keep"));
    name_->setFocus();
    look();
}

QLineEdit* PresetDialog::addField(const QString& caption, const QString& name) {
    auto* field = new QLineEdit;
    setNames(field, name, caption);
    auto* label = new Caption(caption);
    label->setBuddy(field);
    layout()->addWidget(label);
    layout()->addWidget(field);
    connect(field, &QLineEdit::textChanged, this, &PresetDialog::look);
    return field;
}

/// What these come to, or why they can't be.
void PresetDialog::look() {
    if (keep_ == nullptr) {
        return; // it is being made
    }
    std::vector<std::string> wanted;
    for (std::size_t i = 0; i < parts_.size(); ++i) {
        if (parts_[i]->isChecked() && offers(preset_parts()[i], recipe_)) {
            wanted.emplace_back(preset_parts()[i].id);
        }
    }
    keep_->setEnabled(false);
    if (name_->text().trimmed().isEmpty()) {
        state_->setText({});
        return; // nothing is wrong yet
    }
    try {
        preset_ = preset_of(recipe_, toStd(name_->text().trimmed()), toStd(words_->text().trimmed()), wanted);
        keep_->setEnabled(true);
        const bool there = std::ranges::any_of(known_, [&](const SavedPreset& other) {
            return case_folded(other.name) == case_folded(preset_.name);
        });
        state_->setText(there ? tr("In place of the preset of that name.") : QString());
    } catch (const Error& error) {
        state_->setText(toQString(std::string(error.what())));
    }
}

} // namespace rushes::ui
