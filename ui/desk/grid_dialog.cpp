#include "desk/grid_dialog.h"

#include "base/error.h"
#include "controls/basic.h"
#include "controls/fact_words.h"
#include "convert.h"
#include "generation/recipe_fields.h"

#include <algorithm>

#include <QComboBox>
#include <QGridLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace rushes::ui {

namespace {

QString labelOf(const std::string& key) {
    return factLabel({recipe_field(key).key, recipe_field(key).label, {}});
}

QString joined(const QStringList& values) {
    return values.join(QStringLiteral(", "));
}

} // namespace

GridDialog::GridDialog(
    const Recipe& base,
    const ModelInfo& model,
    const std::vector<ModelInfo>& models,
    WithModel with_model,
    QWidget* parent
)
    : QDialog(parent),
      base_(base),
      model_(model),
      models_(models),
      with_model_(std::move(with_model)),
      words_(new QLabel) {
    setObjectName(QStringLiteral("grid-dialog"));
    setWindowTitle(tr("Values side by side"));
    auto* column = new QVBoxLayout(this);
    auto* intro = new QLabel(tr("A quick look at each: one value after the other, or every pair of two."));
    intro->setWordWrap(true);
    column->addWidget(intro);
    auto* grid = new QGridLayout;
    column->addLayout(grid);
    axes_[0] = addAxis(tr("Downwards"), QStringLiteral("grid-rows"), false);
    axes_[1] = addAxis(tr("Across"), QStringLiteral("grid-columns"), true);
    for (int i = 0; i < 2; ++i) {
        auto* caption = new QLabel(i == 0 ? tr("Downwards") : tr("Across"));
        caption->setBuddy(axes_[static_cast<std::size_t>(i)].key);
        grid->addWidget(caption, i, 0);
        grid->addWidget(axes_[static_cast<std::size_t>(i)].key, i, 1);
        grid->addWidget(axes_[static_cast<std::size_t>(i)].values, i, 2);
    }
    grid->setColumnStretch(2, 1);
    setNames(words_, QStringLiteral("grid-words"), tr("What will be drawn"));
    setRole(words_, "hint");
    words_->setWordWrap(true);
    words_->setMinimumWidth(380);
    column->addWidget(words_);
    go_ = addGoOrCancel(*this, QStringLiteral("grid"), tr("Draw them"));
    look();
}

/// Those that the model can change.
GridDialog::Axis GridDialog::addAxis(const QString& caption, const QString& name, bool may_be_none) {
    Axis axis{new QComboBox, new QLineEdit};
    setNames(axis.key, name, tr("%1: what changes").arg(caption));
    setNames(axis.values, name + QStringLiteral("-values"), tr("%1: its values, with commas").arg(caption));
    if (may_be_none) {
        axis.key->addItem(tr("nothing"), QString());
    }
    for (const char* const key : grid_keys) {
        if (!usual(key).isEmpty()) {
            axis.key->addItem(labelOf(key), QString::fromLatin1(key));
        }
    }
    const auto begin = [this, axis] {
        const QString key = axis.key->currentData().toString();
        axis.values->setEnabled(!key.isEmpty());
        axis.values->setText(key.isEmpty() ? QString() : usual(toStd(key)));
        axis.values->setCursorPosition(0);
    };
    begin();
    connect(axis.key, &QComboBox::currentIndexChanged, this, begin);
    connect(axis.values, &QLineEdit::textChanged, this, &GridDialog::look);
    return axis;
}

/// What one would try first; empty: there is nothing to try of it.
QString GridDialog::usual(const std::string& key) const {
    QStringList values;
    if (key == "seed") {
        for (std::uint64_t i = 0; i < 3; ++i) {
            values << QString::number(base_.seed + i);
        }
    } else if (key == "steps" && !model_.fixed_steps) {
        for (const int steps : {base_.steps / 2, base_.steps, base_.steps * 2}) {
            values << QString::number(std::max(1, steps));
        }
        values.removeDuplicates();
    } else if (key == "guidance_scale" && model_.guidance_adjustable) {
        for (const double share : {0.6, 1.0, 1.5}) {
            values << QString::number(std::max(1.0, base_.guidance_scale * share), 'g', 3);
        }
        values.removeDuplicates();
    } else if (key == "scheduler" && model_.schedulers.size() > 1) {
        for (const std::string& scheduler : model_.schedulers) {
            values << toQString(scheduler);
        }
    } else if (key == "motion_scale" && model_.takes_motion_scale) {
        values = {QStringLiteral("0.7"), QStringLiteral("1"), QStringLiteral("1.3")};
    } else if (key == "model" && models_.size() > 1) {
        for (const ModelInfo& model : models_) {
            values << toQString(model.id);
        }
    }
    return joined(values);
}

GridAxis GridDialog::chosen(const Axis& axis) const {
    return {toStd(axis.key->currentData().toString()), listed_values(toStd(axis.values->text()))};
}

/// What these lists come to, or why they can't be.
void GridDialog::look() {
    recipes_.clear();
    const GridAxis rows = chosen(axes_[0]);
    const GridAxis columns = chosen(axes_[1]);
    try {
        const std::vector<Recipe> recipes = recipe_grid(base_, rows, columns, with_model_);
        const std::size_t width = columns.key.empty() ? 1 : columns.values.size();
        for (std::size_t i = 0; i < recipes.size(); ++i) {
            QString label = QStringLiteral("%1 %2").arg(labelOf(rows.key), toQString(rows.values[i / width]));
            if (!columns.key.empty()) {
                label += QStringLiteral(" · %1 %2")
                             .arg(labelOf(columns.key), toQString(columns.values[i % width]));
            }
            recipes_.emplace_back(recipes[i], label);
        }
        // One list alone goes round as seeds do.
        columns_ =
            columns.key.empty() ? std::min(3, static_cast<int>(recipes.size())) : static_cast<int>(width);
        words_->setText(tr("%1 clips").arg(recipes.size()));
    } catch (const Error& error) {
        words_->setText(toQString(std::string(error.what())));
    }
    go_->setEnabled(!recipes_.empty());
}

} // namespace rushes::ui
