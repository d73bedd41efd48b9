#include "desk/fit_levers.h"

#include "base/error.h"
#include "controls/recipe_panel.h"
#include "convert.h"
#include "session/studio_session.h"

#include <algorithm>

#include <QCoreApplication>

namespace rushes::ui {

namespace {

QString tr2(const char* text) {
    return QCoreApplication::translate("FitLevers", text);
}

bool fits(const Recipe& recipe, const StudioSession& session) {
    try {
        return session.price(recipe).fit == MemoryFit::fits;
    } catch (const Error&) {
        return false;
    }
}

/// The largest other model with which the clip fits and which takes its pictures too. A demonstration knows
/// too few words to stand in for anything.
std::optional<RecipeLever>
otherModel(const Recipe& recipe, const RecipePanel& panel, const StudioSession& session) {
    const ModelInfo* best = nullptr;
    for (const ModelInfo& model : panel.models()) {
        if (model.demonstration || model.id == recipe.model ||
            (best != nullptr && model.weight_bytes <= best->weight_bytes)) {
            continue;
        }
        const Recipe changed = panel.withModel(recipe, model.id);
        if (changed.inputs == recipe.inputs && fits(changed, session)) {
            best = &model;
        }
    }
    if (best == nullptr) {
        return std::nullopt;
    }
    const QString name = toQString(best->name);
    return RecipeLever{
        tr2("Use %1").arg(name),
        tr2("The model is %1 now").arg(name),
        [&panel, id = best->id](Recipe& r) { r = panel.withModel(r, id); }
    };
}

} // namespace

std::vector<RecipeLever>
leversFor(const Recipe& recipe, const RecipePanel& panel, const StudioSession& session) {
    std::vector<RecipeLever> levers;
    if (const auto nearest = session.nearestThatFits(recipe)) {
        const QString words = settingsWords(*nearest);
        levers.push_back(
            {tr2("Use %1").arg(words),
             tr2("The settings are %1 now").arg(words),
             [nearest = *nearest](Recipe& r) { r = nearest; }}
        );
    }
    const auto model = std::ranges::find(panel.models(), recipe.model, &ModelInfo::id);
    if (model != panel.models().end()) {
        for (RecipeLever& lever :
             smallerClips(recipe, *model, [&](const Recipe& r) { return session.memoryOf(r); })) {
            levers.push_back(std::move(lever));
        }
    }
    if (auto other = otherModel(recipe, panel, session)) {
        levers.push_back(std::move(*other));
    }
    return levers;
}

} // namespace rushes::ui
