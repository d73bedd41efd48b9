// What the desk does when clips are to be made: what stands in the panel becomes jobs of the queue.
#include "base/error.h"
#include "controls/prompt_edit.h"
#include "controls/recipe_panel.h"
#include "controls/seed_field.h"
#include "controls/toast.h"
#include "convert.h"
#include "desk/clip_desk.h"
#include "desk/desk.h"
#include "desk/failure_cards.h"
#include "desk/grid_dialog.h"
#include "desk/idle_look.h"
#include "desk/queue_desk.h"
#include "desk/seed_desk.h"
#include "generation/prompt_alternatives.h"
#include "stage/progress_line.h"
#include "stage/stage_panel.h"

#include <algorithm>

namespace rushes::ui {

void Desk::generate() {
    try {
        panels_.recipe.seed().takeText();
        if (queue_->keepEdit()) {
            return;
        }
    } catch (const Error& error) {
        failures_->show(error, panels_.recipe.recipe());
        return;
    }
    generateAt(JobQueue::Place::end);
}

void Desk::trySeeds() {
    panels_.recipe.seed().takeText(); // what stands in the field is used
    if (!session_.engineReady() || session_.models().empty()) {
        return;
    }
    if (const auto recipe = recipeToTry()) {
        seeds_->open(*recipe);
    }
}

/// Of a prompt with alternatives the first; nothing when they cannot be read, which is said.
std::optional<Recipe> Desk::recipeToTry() {
    Recipe recipe = panels_.recipe.recipe();
    try {
        recipe.prompt = prompt_alternatives(recipe.prompt).front();
    } catch (const Error& error) {
        failures_->show(error, recipe);
        return std::nullopt;
    }
    return recipe;
}

void Desk::tryValues() {
    panels_.recipe.seed().takeText();
    const ModelInfo* const model = panels_.recipe.model();
    const auto recipe = session_.engineReady() && model != nullptr ? recipeToTry() : std::nullopt;
    if (!recipe) {
        return;
    }
    const auto with_model = [this](const Recipe& base, const std::string& id) {
        if (std::ranges::find(session_.models(), id, &ModelInfo::id) == session_.models().end()) {
            throw Error(ErrorKind::user, "The model '" + id + "' is not installed.");
        }
        return panels_.recipe.withModel(base, id);
    };
    GridDialog dialog(*recipe, *model, session_.models(), with_model, panels_.stage.window());
    if (dialog.exec() == QDialog::Accepted) {
        seeds_->openValues(dialog.recipes(), dialog.columns());
    }
}

void Desk::generateNext() {
    generateAt(JobQueue::Place::front);
}

void Desk::generateInstead() {
    session_.queue().clearWaiting();
    generateAt(JobQueue::Place::end);
}

void Desk::generateAt(JobQueue::Place place) {
    RecipePanel& panel = panels_.recipe;
    if (session_.models().empty()) {
        return;
    }
    panel.seed().takeText(); // what stands in the field is used
    const Recipe recipe = panel.recipe();
    if (toQString(recipe.prompt).trimmed().isEmpty()) { // first: what the queue says counts for more
        panels_.toast.say(tr("There is no prompt: the model decides what is seen."));
    }
    if (!queueAll(recipe, place)) {
        return;
    }
    panel.prompt().remember(toQString(recipe.prompt));
    if (panel.newSeedEachTime()) {
        Recipe next = recipe;
        next.seed = SeedField::randomSeed();
        panel.showRecipe(next);
    }
    remember();
}

/// A prompt with alternatives is a clip for each, of one seed: they differ by the words alone.
bool Desk::queueAll(const Recipe& recipe, JobQueue::Place place) {
    std::vector<std::string> prompts;
    try {
        prompts = prompt_alternatives(recipe.prompt);
    } catch (const Error& error) {
        failures_->show(error, recipe);
        return false;
    }
    if (place == JobQueue::Place::front) {
        std::ranges::reverse(prompts); // the first of them comes first in the end
    }
    for (const std::string& prompt : prompts) {
        Recipe one = recipe;
        one.prompt = prompt;
        if (!queueOne(one, place)) {
            return false;
        }
    }
    if (prompts.size() > 1) {
        panels_.toast.say(tr("%1 clips, one for each prompt, with the same seed.").arg(prompts.size()));
    }
    return true;
}

/// On top of the look that there is of it.
bool Desk::queueOne(const Recipe& recipe, JobQueue::Place place) {
    const auto begun = look_->takeOver(recipe);
    return begun ? queueUp(begun->first, place, begun->second) : queueUp(recipe, place);
}

bool Desk::queueUp(const Recipe& recipe, JobQueue::Place place, const std::string& job) {
    if (session_.engineReady()) {
        panels_.stage.dismissError(); // but an engine that did not start stays in sight
    }
    clips_->follow();
    try {
        session_.generate(recipe, place, job);
    } catch (const Error& error) {
        failures_->show(error, recipe);
        return false;
    }
    if (session_.paused()) {
        queue_->sayPaused();
    } else if (!session_.running() && !session_.engineReady()) {
        panels_.stage.progress().begin();
    } else if (!session_.ownsQueue()) {
        panels_.toast.say(tr("Another window of Rushes makes the clips: yours waits in its queue."));
    }
    return true;
}

} // namespace rushes::ui
