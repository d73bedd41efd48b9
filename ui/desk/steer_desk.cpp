#include "desk/steer_desk.h"

#include "controls/recipe_panel.h"
#include "controls/toast.h"
#include "convert.h"
#include "desk/clip_desk.h"
#include "desk/step_dialog.h"
#include "generation/prompt_alternatives.h"
#include "session/studio_session.h"
#include "stage/prompt_lane.h"
#include "stage/stage_panel.h"

#include <algorithm>

#include <QLocale>

namespace rushes::ui {

SteerDesk::SteerDesk(StudioSession& session, DeskPanels panels, ClipDesk& clips, QObject* parent)
    : QObject(parent), session_(session), panels_(panels), clips_(clips) {
    connect(&panels_.stage.prompts(), &PromptLane::steerClicked, this, &SteerDesk::steer);
    connect(&panels_.stage.player(), &Player::clipChanged, this, &SteerDesk::showLane);
    connect(&clips_, &ClipDesk::shownChanged, this, &SteerDesk::showLane);
    connect(&session_, &StudioSession::runStarted, this, &SteerDesk::showLane);
    connect(&session_, &StudioSession::runEnded, this, &SteerDesk::showLane);
    connect(&session_, &StudioSession::steered, this, &SteerDesk::showLane);
}

/// What is seen: the clip that is being made, or a finished one.
std::optional<Recipe> SteerDesk::onStage() const {
    const auto& clip = panels_.stage.player().clip();
    if (clip && clip == session_.runningClip()) {
        return session_.runningRecipe();
    }
    const auto& shown = clips_.shown();
    return shown ? std::optional(shown->recipe) : std::nullopt;
}

bool SteerDesk::changes(const Recipe& recipe) const {
    const auto& models = session_.models();
    const auto model = std::ranges::find(models, recipe.model, &ModelInfo::id);
    return model != models.end() && model->causal;
}

/// Says so and is empty where they can't be read.
std::vector<std::string> SteerDesk::prompts() {
    try {
        return prompt_alternatives(panels_.recipe.recipe().prompt);
    } catch (const Error& error) {
        panels_.toast.say(QString::fromUtf8(error.what()));
        return {};
    }
}

void SteerDesk::steer() {
    const auto wanted = prompts();
    if (wanted.empty()) {
        return;
    }
    try {
        session_.steer(wanted.front());
        panels_.toast.say(tr("From the next block on: %1").arg(toQString(wanted.front())));
        showLane();
    } catch (const Error& error) {
        panels_.toast.say(QString::fromUtf8(error.what()));
    }
}

void SteerDesk::goAnotherWay() {
    const auto recipe = onStage();
    if (!recipe) {
        panels_.toast.say(tr("Put a clip on the stage first."));
        return;
    }
    if (!changes(*recipe)) {
        askForStep(*recipe);
        return;
    }
    const int frame = static_cast<int>(panels_.stage.player().clock().index());
    for (const std::string& prompt : prompts()) {
        Recipe other = *recipe;
        if (frame == 0) {
            other.prompt = prompt;
            other.prompt_changes.clear();
        } else {
            std::erase_if(other.prompt_changes, [&](const PromptChange& c) { return c.frame >= frame; });
            other.prompt_changes.push_back({frame, prompt});
        }
        emit clipWanted(other);
    }
}

void SteerDesk::askForStep(const Recipe& recipe) {
    const Recipe& wanted = panels_.recipe.recipe();
    QStringList what;
    if (wanted.prompt != recipe.prompt) {
        what << toQString(wanted.prompt);
    }
    if (wanted.guidance_scale != recipe.guidance_scale) {
        what << tr("guidance %1").arg(QLocale().toString(wanted.guidance_scale));
    }
    if (what.isEmpty()) {
        panels_.toast.say(tr("Change the prompt or the guidance first: the other way begins with them."));
        return;
    }
    if (recipe.steps < 2) {
        panels_.toast.say(tr("This clip was made in one step: there is no other way on it."));
        return;
    }
    auto* dialog = new StepDialog(recipe.steps, what.join(QStringLiteral("; ")), panels_.stage.window());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QDialog::accepted, this, [this, recipe, dialog] {
        partAtStep(recipe, dialog->steps());
    });
    dialog->open();
}

void SteerDesk::partAtStep(const Recipe& recipe, int steps) {
    const Recipe& wanted = panels_.recipe.recipe();
    for (const std::string& prompt : prompts()) {
        Recipe other = recipe;
        StepChange change;
        change.after_steps = steps;
        if (prompt != recipe.prompt) {
            change.prompt = prompt;
        }
        if (wanted.guidance_scale != recipe.guidance_scale) {
            change.guidance_scale = wanted.guidance_scale;
        }
        std::erase_if(other.step_changes, [&](const StepChange& c) { return c.after_steps >= steps; });
        other.step_changes.push_back(change);
        emit clipWanted(other);
    }
}

void SteerDesk::showLane() {
    const auto recipe = onStage();
    const auto& clip = panels_.stage.player().clip();
    const bool running = clip && clip == session_.runningClip();
    PromptLane::Prompts shown;
    if (recipe) {
        shown.stretches.push_back({0, toQString(recipe->prompt)});
        for (const PromptChange& change : recipe->prompt_changes) {
            shown.stretches.push_back({change.frame, toQString(change.prompt)});
        }
        shown.frames = recipe->frames;
        shown.frame_rate = recipe->frame_rate.fps();
    }
    shown.steerable = running && session_.steerable();
    if (const auto wish = running ? session_.wishedPrompt() : std::nullopt) {
        shown.wished = toQString(*wish);
    }
    panels_.stage.prompts().setPrompts(shown);
}

} // namespace rushes::ui
