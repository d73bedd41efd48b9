#include "controls/shape_picker.h"

#include "controls/basic.h"
#include "theme/tokens.h"

#include <QVBoxLayout>

namespace rushes::ui {

ShapePicker::ShapePicker(QWidget* parent)
    : QWidget(parent), aspects_(new ChoiceRow("choice")), resolutions_(new ChoiceRow("choice")) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(size::space2);
    column->addWidget(aspects_);
    column->addWidget(resolutions_);
    setNames(aspects_, QStringLiteral("aspects"), tr("Aspect"));
    setNames(resolutions_, QStringLiteral("resolutions"), tr("Resolution"));
    connect(aspects_, &ChoiceRow::chosen, this, [this](int i) {
        const PictureSize size = aspect_sizes_[static_cast<std::size_t>(i)];
        emit chosen(size.width, size.height);
    });
    connect(resolutions_, &ChoiceRow::chosen, this, [this](int i) {
        const PictureSize size = sizes_[static_cast<std::size_t>(i)];
        emit chosen(size.width, size.height);
    });
}

void ShapePicker::showShape(const Choices& choices, int width, int height) {
    const auto& aspects = choices.aspects();
    if (model_ != choices.model().id + choices.model().hash) {
        model_ = choices.model().id + choices.model().hash;
        shown_aspect_ = -1;
        aspects_->clear();
        for (const AspectChoice& aspect : aspects) {
            QString name = aspect.label;
            QPushButton* button = aspects_->add(
                QStringLiteral("aspect-") + name.replace(QLatin1Char(':'), QLatin1Char('x')), aspect.label
            );
            button->setIcon(ratioIcon(aspect.ratio));
            button->setEnabled(!aspect.sizes.empty());
            button->setToolTip(aspect.why_not);
        }
    }
    aspect_sizes_.clear();
    for (int i = 0; i < static_cast<int>(aspects.size()); ++i) {
        aspect_sizes_.push_back(choices.nearestSize(i, width, height));
    }
    const int aspect = choices.aspectOf(width, height);
    aspects_->setCurrent(aspect);
    showResolutions(choices, aspect, width, height);
}

void ShapePicker::showCosts(const Recipe& recipe, const CostOf& cost) {
    const ClipCost now = cost(recipe);
    const auto show = [&](const ChoiceRow& row, const std::vector<PictureSize>& sizes) {
        for (int i = 0; i < row.count(); ++i) {
            QPushButton* button = row.button(i);
            if (!button->isEnabled()) {
                continue; // its tooltip says why
            }
            const PictureSize size = sizes[static_cast<std::size_t>(i)];
            Recipe changed = recipe;
            changed.width = size.width;
            changed.height = size.height;
            const ClipCost price = cost(changed);
            const QString pixels = tr("%1 × %2 pixels").arg(size.width).arg(size.height);
            button->setToolTip(QStringLiteral("%1 · %2").arg(pixels, costText(price)));
            showFit(*button, fitOfChoice(price, now));
        }
    };
    show(*aspects_, aspect_sizes_);
    show(*resolutions_, sizes_);
}

void ShapePicker::showResolutions(const Choices& choices, int aspect, int width, int height) {
    const auto offered = choices.resolutions(aspect);
    if (aspect != shown_aspect_) {
        shown_aspect_ = aspect;
        resolutions_->clear();
        sizes_.clear();
        for (const ResolutionChoice& choice : offered) {
            QPushButton* button =
                resolutions_->add(QStringLiteral("resolution-") + choice.label, choice.label);
            button->setEnabled(choice.offered);
            button->setToolTip(
                choice.offered ? tr("%1 × %2 pixels").arg(choice.size.width).arg(choice.size.height)
                               : choice.why_not
            );
            sizes_.push_back(choice.size);
        }
    }
    const auto current = std::ranges::find(sizes_, PictureSize{width, height});
    resolutions_->setCurrent(current == sizes_.end() ? -1 : static_cast<int>(current - sizes_.begin()));
}

} // namespace rushes::ui
