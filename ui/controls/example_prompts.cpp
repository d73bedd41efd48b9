#include "controls/example_prompts.h"

#include "controls/basic.h"
#include "controls/flow_layout.h"
#include "convert.h"

#include <algorithm>

namespace rushes::ui {

namespace {

constexpr std::size_t examples_shown = 3;

} // namespace

ExamplePrompts::ExamplePrompts(QWidget* parent)
    : QWidget(parent), row_(new FlowLayout(size::space2 - 2, this)) {
    setObjectName(QStringLiteral("examples"));
}

bool ExamplePrompts::isEmpty() const {
    return row_->count() == 0;
}

void ExamplePrompts::setExamples(const std::vector<std::string>& examples) {
    while (QLayoutItem* item = row_->takeAt(0)) {
        item->widget()->deleteLater();
        delete item; // takeAt() hands it over
    }
    for (std::size_t i = 0; i < std::min(examples.size(), examples_shown); ++i) {
        const QString example = toQString(examples[i]);
        auto* chip = new QPushButton(example);
        setRole(chip, "chip");
        setNames(chip, QStringLiteral("example-%1").arg(i), tr("Example: %1").arg(example));
        chip->setMinimumWidth(0);
        connect(chip, &QPushButton::clicked, this, [this, example] { emit chosen(example); });
        row_->addWidget(chip);
    }
}

} // namespace rushes::ui
