#include "desk/failure_cards.h"

#include "base/error.h"
#include "controls/generate_button.h"
#include "controls/recipe_panel.h"
#include "convert.h"
#include "desk/fit_levers.h"
#include "session/studio_session.h"
#include "stage/stage_panel.h"

namespace rushes::ui {

FailureCards::FailureCards(StudioSession& session, RecipePanel& panel, StagePanel& stage, QObject* parent)
    : QObject(parent), session_(session), panel_(panel), stage_(stage) {}

void FailureCards::show(const Error& error, const Recipe& recipe, std::uint64_t bytes) {
    std::vector<CardLever> levers;
    if (error.lever() == Lever::smaller_clip) {
        for (const RecipeLever& smaller : leversFor(recipe, panel_, session_)) {
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
