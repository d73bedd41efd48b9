// Changing the prompt of a clip while it is made.
#include "jobs/job_checkpoints.h"
#include "session/studio_session.h"
#include "work/home_call.h"

namespace rushes::ui {

/// Models that work block by block can change; the others make the clip in one piece.
void StudioSession::makeSteerable() {
    if (run_->plan.model.causal) {
        run_->steering = std::make_shared<Steering>(
            checkpoint_of(parts_.checkpoints, run_->job.id),
            max_prompt_changes - run_->plan.recipe.prompt_changes.size(),
            [this] { callHome(this, [this] { emit steered(); }); }
        );
    }
}

void StudioSession::steer(const std::string& prompt) {
    if (!run_) {
        throw Error(ErrorKind::user, "No clip is being made whose prompt could change.");
    }
    if (!run_->steering) {
        throw Error(
            ErrorKind::user,
            "The model makes its clip in one piece: its prompt cannot change on the way.",
            "Stop the clip and make another one, or choose a model that works block by block."
        );
    }
    run_->steering->wish(prompt);
}

std::optional<Recipe> StudioSession::runningRecipe() const {
    if (!run_) {
        return std::nullopt;
    }
    return run_->steering ? rushes::steered(run_->plan.recipe, run_->steering->taken()) : run_->plan.recipe;
}

std::optional<std::string> StudioSession::wishedPrompt() const {
    return steerable() ? run_->steering->wished() : std::nullopt;
}

} // namespace rushes::ui
