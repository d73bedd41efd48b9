#include "controls/model_picker.h"

#include "controls/basic.h"
#include "controls/choices.h"
#include "convert.h"
#include "theme/icons.h"
#include "theme/theme.h"

#include <algorithm>

#include <QMenu>
#include <QPainter>

namespace rushes::ui {

namespace {

/// What there is to know before it is chosen.
QString card(const ModelInfo& model) {
    QStringList lines{toQString(model.description)};
    QStringList tiers;
    const std::pair<const char*, QString> names[] = {
        {"fast", ModelPicker::tr("fast %1")},
        {"balanced", ModelPicker::tr("balanced %1")},
        {"quality", ModelPicker::tr("quality %1")},
    };
    for (const Tier& tier : model.tiers) {
        for (const auto& [id, words] : names) {
            if (tier.id == id) {
                tiers << words.arg(tier.steps);
            }
        }
    }
    lines
        << (tiers.isEmpty() ? ModelPicker::tr("Steps: %1").arg(model.default_steps)
                            : ModelPicker::tr("Steps: %1").arg(tiers.join(QStringLiteral(", "))));
    lines << ModelPicker::tr("%1 on the disk").arg(bytesText(model.weight_bytes));
    lines
        << (model.licence.empty() ? ModelPicker::tr("Licence: its files don't say")
                                  : ModelPicker::tr("Licence: %1").arg(toQString(model.licence)));
    lines.removeAll(QString());
    return lines.join(QLatin1Char('\n'));
}

} // namespace

ModelPicker::ModelPicker(QWidget* parent) : QPushButton(parent), menu_(new QMenu(this)) {
    setRole(this, "picker");
    setNames(this, QStringLiteral("model"), tr("Model"));
    menu_->setToolTipsVisible(true);
    connect(this, &QPushButton::clicked, this, [this] {
        showCosts();
        menu_->setMinimumWidth(width());
        menu_->popup(mapToGlobal(QPoint(0, height() + size::space1)));
    });
}

void ModelPicker::setModels(const std::vector<ModelInfo>& models) {
    models_ = models;
    menu_->clear();
    for (const ModelInfo& model : models) {
        QAction* action = menu_->addAction(toQString(model.name));
        action->setToolTip(card(model));
        action->setData(toQString(model.id));
        action->setCheckable(true);
        connect(action, &QAction::triggered, this, [this, id = model.id] { emit chosen(id); });
    }
    menu_->addSeparator();
    QAction* add = menu_->addAction(tr("Add a model folder…"));
    add->setObjectName(QStringLiteral("picker-add-model"));
    connect(add, &QAction::triggered, this, &ModelPicker::addClicked);
}

void ModelPicker::showCosts() {
    for (std::size_t i = 0; i < models_.size(); ++i) {
        QAction* action = menu_->actions().at(static_cast<qsizetype>(i));
        const ClipCost cost = cost_ ? cost_(models_[i].id) : ClipCost{};
        const QString name = toQString(models_[i].name);
        const bool refused = cost.fit == MemoryFit::refused;
        const QString words = refused ? tr("not possible") : costText(cost);
        action->setText(cost_ ? QStringLiteral("%1\t%2").arg(name, words) : name);
        action->setIcon(
            cost.fit == MemoryFit::fits    ? QIcon()
            : cost.fit == MemoryFit::tight ? ui::icon(QStringLiteral("warn"), &Tokens::warn)
                                           : ui::icon(QStringLiteral("error"), &Tokens::bad)
        );
        action->setToolTip(card(models_[i]) + (refused ? QLatin1Char('\n') + cost.why_not : QString()));
    }
}

void ModelPicker::setCurrent(const std::string& id, int steps) {
    const auto found = std::ranges::find(models_, id, &ModelInfo::id);
    name_ = found == models_.end() ? (id.empty() ? tr("No model") : toQString(id)) : toQString(found->name);
    steps_ = steps < 1 ? QString() : steps == 1 ? tr("1 step") : tr("%1 steps").arg(steps);
    for (QAction* action : menu_->actions()) {
        action->setChecked(action->data() == toQString(id));
    }
    setAccessibleName(tr("Model: %1, %2").arg(name_, steps_));
    if (found != models_.end()) {
        setToolTip(card(*found));
    }
    update();
}

QColor ModelPicker::nameColour() const {
    const QString fit = property("fit").toString(); // showFit()
    return !isEnabled()                    ? tokens().text3
           : fit == QLatin1String("tight") ? tokens().warn
           : !fit.isEmpty()                ? tokens().bad
                                           : tokens().text;
}

void ModelPicker::paintEvent(QPaintEvent* event) {
    QPushButton::paintEvent(event); // the sheet's field
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRect inner = rect().adjusted(size::space3, 0, -size::space3, 0);
    const int top = inner.center().y() - size::icon_small / 2 + 1; // a whole pixel
    const QRectF arrow(
        inner.right() - size::icon_small + size::space1, top, size::icon_small, size::icon_small
    );
    drawIcon(painter, QStringLiteral("chevron-down"), arrow, tokens().text2);
    painter.setFont(valueFont());
    painter.setPen(tokens().text2);
    const QRectF steps = QRectF(inner).adjusted(0, 0, -size::icon_small - size::space1, 0);
    drawFigures(painter, steps, Qt::AlignRight | Qt::AlignVCenter, steps_);
    painter.setPen(nameColour());
    const int room = static_cast<int>(steps.width() - figuresWidth(painter.font(), steps_)) - size::space2;
    const QString name = painter.fontMetrics().elidedText(name_, Qt::ElideRight, room);
    painter.drawText(inner, Qt::AlignLeft | Qt::AlignVCenter, name);
}

} // namespace rushes::ui
