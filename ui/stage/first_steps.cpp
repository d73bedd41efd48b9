#include "stage/first_steps.h"

#include "controls/basic.h"
#include "controls/flow_layout.h"
#include "convert.h"
#include "theme/icons.h"

#include <algorithm>

#include <QVBoxLayout>

namespace rushes::ui {

namespace {

constexpr std::size_t most_examples = 3;

} // namespace

FirstSteps::FirstSteps(QWidget* parent)
    : QWidget(parent),
      machine_(new QLabel),
      caption_(new QLabel(tr("Or try one of these, it runs at once:"))) {
    setNames(this, QStringLiteral("first-steps"), tr("First steps"));
    machine_->setObjectName(QStringLiteral("machine-line"));
    machine_->setWordWrap(true);
    machine_->setAlignment(Qt::AlignHCenter);
    machine_->setTextFormat(Qt::PlainText);
    setRole(machine_, "dim");
    setRole(caption_, "dim");
    caption_->setAlignment(Qt::AlignHCenter);
    auto* chips = new QWidget;
    row_ = new FlowLayout(size::space2, chips);
    row_->setCentred(true);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(size::space3);
    column->addWidget(machine_);
    column->addSpacing(size::space2);
    column->addWidget(caption_);
    column->addWidget(chips);
    column->addStretch();
}

void FirstSteps::setMachine(const QString& words) {
    machine_->setText(words);
    machine_->setAccessibleName(words);
}

QString FirstSteps::machine() const {
    return machine_->text();
}

void FirstSteps::setExamples(const std::vector<std::string>& examples) {
    for (QPushButton* chip : chips_) {
        row_->removeWidget(chip);
        chip->hide();
        chip->deleteLater();
    }
    chips_.clear();
    for (std::size_t i = 0; i < std::min(examples.size(), most_examples); ++i) {
        const QString example = toQString(examples[i]);
        auto* chip = new QPushButton(icon(QStringLiteral("play")), example);
        setRole(chip, "chip");
        setNames(chip, QStringLiteral("try-%1").arg(i), tr("Make a clip: %1").arg(example));
        connect(chip, &QPushButton::clicked, this, [this, example] { emit runClicked(example); });
        row_->addWidget(chip);
        chips_.push_back(chip);
    }
    showChips(chips_.size());
}

void FirstSteps::fitInto(const QSize& room) {
    std::size_t count = chips_.size();
    showChips(count);
    while (count > 0 && heightForWidth(room.width()) > room.height()) {
        showChips(--count);
    }
}

void FirstSteps::showChips(std::size_t count) {
    for (std::size_t i = 0; i < chips_.size(); ++i) {
        chips_[i]->setVisible(i < count);
    }
    caption_->setVisible(count > 0);
}

} // namespace rushes::ui
