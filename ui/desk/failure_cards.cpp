#include "desk/failure_cards.h"

#include "base/error.h"
#include "controls/generate_button.h"
#include "controls/recipe_panel.h"
#include "convert.h"
#include "session/studio_session.h"
#include "stage/stage_panel.h"

#include <algorithm>

namespace rushes::ui {

FailureCards::FailureCards(StudioSession& session, RecipePanel& panel, StagePanel& stage, QObject* parent)
    : QObject(parent), session_(session), panel_(panel), stage_(stage) {}

void FailureCards::show(const Error& error, const Recipe& recipe, std::uint64_t bytes) {
    std::vector<CardLever> levers;
    const auto& models = panel_.models();
    const auto model = std::ranges::find(models, recipe.model, &ModelInfo::id);
    if (error.lever() == Lever::smaller_clip && model != models.end()) {
        if (const auto nearest = session_.nearestThatFits(recipe)) {
            const QString words = settingsWords(*nearest);
            levers.push_back({tr("Use %1").arg(words), [this, nearest = *nearest, words] {
                                  stage_.dismissError();
                                  emit recipeWanted(nearest, tr("The settings are %1 now").arg(words));
                                  panel_.generate().setFocus();
                              }});
        }
        for (const RecipeLever& smaller :
             smallerClips(recipe, *model, [this](const Recipe& r) { return session_.memoryOf(r); })) {
            levers.push_back({smaller.words, [this, smaller, recipe] { pull(smaller, recipe); }});
        }
    } else if (error.lever() == Lever::other_folder) {
        levers.push_back({tr("Choose another folder…"), [this] { emit folderWanted(); }});
    }
    if (error.kind() != ErrorKind::user) { // the same request would fail the same way
        levers.push_back({tr("Try again"), [this] { emit againWanted(); }});
    }
    QString details = tr("Model %1 · seed %2 · %3 × %4 · %5 frames")
                          .arg(toQString(recipe.model))
                          .arg(recipe.seed)
                          .arg(recipe.width)
                          .arg(recipe.height)
                          .arg(recipe.frames);
    if (bytes > 0) {
        details += tr(" · about %1").arg(bytesText(bytes));
    }
    stage_.showError(error, levers, details);
}

void FailureCards::pull(const RecipeLever& lever, const Recipe& failed) {
    // Only the one control changes, whatever was typed since; but its meaning depends on the model.
    Recipe next = panel_.recipe().model == failed.model ? panel_.recipe() : failed;
    lever.set(next);
    stage_.dismissError();
    emit recipeWanted(next, lever.done);
    panel_.generate().setFocus();
}

} // namespace rushes::ui
