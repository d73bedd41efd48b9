// RecipePanel: what each choice would take, beside it.
#include "controls/advanced_panel.h"
#include "controls/basic.h"
#include "controls/help.h"
#include "controls/model_picker.h"
#include "controls/recipe_panel.h"
#include "controls/shape_picker.h"

#include <algorithm>

#include <QLineEdit>

namespace rushes::ui {

void RecipePanel::showCosts(const CostOf& cost) {
    if (!choices_) {
        return;
    }
    shape_->showCosts(recipe_, cost);
    showTierCosts(cost);
    showDurationCosts(cost);
    showHelpEffects(cost);
    advanced_->showCosts(*choices_, recipe_, cost);
    model_picker_->setCosts([this, cost](const std::string& id) { return cost(withModel(recipe_, id)); });
    showFit(*model_picker_, cost(recipe_).fit);
}

void RecipePanel::showTierCosts(const CostOf& cost) {
    const auto& tiers = choices_->model().tiers;
    const ClipCost now = cost(recipe_);
    const auto withSteps = [&](int steps) {
        Recipe changed = recipe_;
        changed.steps = steps;
        return cost(changed);
    };
    const ClipCost best = withSteps(choices_->model().fixed_steps ? recipe_.steps : 1);
    for (int i = 0; i < tiers_->count(); ++i) {
        const auto tier = std::ranges::find(tiers, tier_ids[i], &Tier::id);
        if (tier == tiers.end()) {
            continue; // its tooltip says why
        }
        const ClipCost price = withSteps(tier->steps);
        const QString steps = tr("%1 steps").arg(tier->steps);
        tiers_->button(i)->setToolTip(QStringLiteral("%1 · %2").arg(steps, costText(price)));
        showFit(*tiers_->button(i), fitOfControl(price, best));
    }
    showFit(*steps_text_, fitOfControl(now, best));
}

void RecipePanel::showDurationCosts(const CostOf& cost) {
    const auto costAt = [&](int k) {
        Recipe changed = recipe_;
        changed.frames = choices_->framesAt(k);
        return cost(changed);
    };
    const ClipCost shortest = costAt(choices_->minSteps());
    const auto fails = [&](int k) { return fitOfChoice(costAt(k), shortest) >= MemoryFit::too_large; };
    // Memory never falls with the length: the last length that fits is found by halving.
    int low = choices_->minSteps() - 1;
    int high = choices_->maxSteps() + 1;
    if (fails(choices_->maxSteps())) {
        while (high - low > 1) {
            const int middle = (low + high) / 2;
            (fails(middle) ? high : low) = middle;
        }
        duration_->setLastThatFits(low);
    } else {
        duration_->setLastThatFits(std::nullopt);
    }
    showFit(*duration_text_, fitOfChoice(cost(recipe_), shortest));
}

/// In each "?": what another value would do to the time here.
void RecipePanel::showHelpEffects(const CostOf& cost) {
    const auto now = cost(recipe_);
    const auto compare = [&](HelpTopic topic, QWidget* control, const QString& other, const auto& set) {
        Recipe changed = recipe_;
        set(changed);
        setHelpEffect(topic, control, changed == recipe_ ? QString() : effectText(now, cost(changed), other));
    };
    const int longer = choices_->framesAt(choices_->latticeIndex(2 * recipe_.frames));
    compare(HelpTopic::duration, duration_, durationText(longer, recipe_.frame_rate), [=](Recipe& r) {
        r.frames = longer;
    });
    if (!choices_->model().fixed_steps) {
        const int more = std::min(2 * recipe_.steps, steps_->maximum());
        compare(HelpTopic::steps, steps_, tr("%1 steps").arg(more), [=](Recipe& r) { r.steps = more; });
    }
    const auto sizes = choices_->resolutions(choices_->aspectOf(recipe_.width, recipe_.height));
    const auto larger = std::ranges::find_if(sizes, [this](const ResolutionChoice& choice) {
        return choice.offered && choice.size.width > recipe_.width;
    });
    if (larger != sizes.end()) {
        compare(HelpTopic::shape, shape_, larger->label, [&](Recipe& r) {
            r.width = larger->size.width;
            r.height = larger->size.height;
        });
    }
}

} // namespace rushes::ui
