// RecipePanel: what is chosen or typed, as the recipe that follows from it.
#include "controls/recipe_panel.h"
#include "convert.h"
#include "generation/drafting.h"

#include <algorithm>
#include <cmath>

#include <QLineEdit>
#include <QRegularExpression>

namespace rushes::ui {

namespace {

/// The first number of a text; a comma counts as a point.
std::optional<double> numberIn(const QString& text) {
    static const QRegularExpression number(QStringLiteral("\\d+(?:[.,]\\d+)?"));
    const auto match = number.match(text);
    return match.hasMatch()
               ? std::optional(match.captured().replace(QLatin1Char(','), QLatin1Char('.')).toDouble())
               : std::nullopt;
}

} // namespace

void RecipePanel::typeDuration() {
    const auto seconds = numberIn(duration_text_->text());
    if (seconds && choices_ && duration_text_->isModified()) {
        newGesture();
        const auto frames =
            static_cast<int>(std::lround(std::min(*seconds, 3600.0) * recipe_.frame_rate.fps()));
        change(QStringLiteral("duration"), [&](Recipe& r) {
            r.frames = choices_->framesAt(choices_->latticeIndex(frames));
        });
    }
    duration_text_->setText(durationText(recipe_.frames, recipe_.frame_rate));
}

void RecipePanel::typeSteps() {
    const auto steps = numberIn(steps_text_->text());
    if (steps && steps_text_->isModified()) {
        newGesture();
        change(QStringLiteral("steps"), [&](Recipe& r) {
            r.steps = std::clamp(static_cast<int>(std::min(*steps, 1e6)), 1, most_steps);
        });
    }
    showRecipe(recipe_);
}

Recipe RecipePanel::withModel(const Recipe& recipe, const std::string& id) const {
    const auto model = std::ranges::find(models_, id, &ModelInfo::id);
    if (model == models_.end() || id == recipe.model) {
        return recipe;
    }
    Recipe r = recipe;
    r.model = id;
    // Shape and seconds stay, in a size that this model was trained for.
    const PictureSize size = Choices(*model).trainedSize(r.width, r.height);
    r.width = size.width;
    r.height = size.height;
    const double seconds = r.frames / r.frame_rate.fps();
    r.frames = static_cast<int>(std::lround(seconds * model->frame_rate.fps()));
    // Steps, guidance and scheduler of another model mean nothing here.
    r.steps = 0;
    r.guidance_scale = -1;
    r.scheduler.clear();
    r.frame_rate = {0, 1};
    const auto before = std::ranges::find(models_, recipe.model, &ModelInfo::id);
    if (before == models_.end() || before->family != model->family || !model->takes_loras) {
        r.loras.clear(); // they were made for another kind of model
    }
    if (!model->causal) {
        r.prompt_changes.clear(); // it makes the clip in one piece
    }
    r.step_changes.clear();                                 // of the steps of another model
    std::erase_if(r.inputs, [&](const RecipeInput& input) { // which it does not take
        return std::ranges::find(model->inputs, input.role, &AcceptedInput::role) == model->inputs.end();
    });
    const auto drafters = drafters_for(r, *model, models_);
    if (std::ranges::find(drafters, r.draft_model, &ModelInfo::id) == drafters.end()) {
        r.draft_model.clear();
    }
    return completed(r);
}

void RecipePanel::chooseModel(const std::string& id) {
    newGesture();
    change(QStringLiteral("model"), [&](Recipe& r) { r = withModel(r, id); });
}

void RecipePanel::chooseTier(int index) {
    if (!choices_) {
        return;
    }
    const auto& tiers = choices_->model().tiers;
    const auto tier = std::ranges::find(tiers, tier_ids[index], &Tier::id);
    if (tier != tiers.end()) {
        newGesture();
        change(QStringLiteral("tier"), [&](Recipe& r) { r.steps = tier->steps; });
    }
}

void RecipePanel::chooseInputs(const std::vector<RecipeInput>& inputs) {
    newGesture();
    change(QStringLiteral("inputs"), [&](Recipe& r) { r.inputs = inputs; });
}

} // namespace rushes::ui
