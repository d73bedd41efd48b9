// What the panels' signals lead to.
#include "base/error.h"
#include "controls/toast.h"
#include "convert.h"
#include "desk/clip_desk.h"
#include "desk/comparison.h"
#include "desk/desk.h"
#include "desk/edit_desk.h"
#include "desk/failure_cards.h"
#include "desk/field_words.h"
#include "desk/first_minutes.h"
#include "desk/library_desk.h"
#include "desk/preset_desk.h"
#include "desk/price_tag.h"
#include "desk/queue_desk.h"
#include "desk/recipe_undo_step.h"
#include "desk/seed_desk.h"
#include "desk/status_line.h"
#include "desk/steer_desk.h"
#include "desk/still_desk.h"
#include "desk/strip_desk.h"
#include "queue/side_panel.h"
#include "stage/progress_line.h"
#include "stage/stage_panel.h"
#include "stage/transport_bar.h"

namespace rushes::ui {

void Desk::connectPanel() {
    connect(
        &panels_.recipe,
        &RecipePanel::edited,
        this,
        [this](const Recipe& recipe, const RecipeEdit& edit) {
            undo().push(
                new RecipeUndoStep(*this, panels_.recipe.recipe(), recipe, edit, fieldWords(edit.field))
            ); // the stack owns it
        }
    );
    connect(&panels_.recipe, &RecipePanel::generateClicked, this, &Desk::generate);
    connect(&panels_.stage.progress(), &ProgressLine::stopClicked, this, &Desk::stop);
    connect(&panels_.stage.transport(), &TransportBar::exportClicked, this, &Desk::exportClip);
    connect(&panels_.stage.transport(), &TransportBar::compareClicked, this, &Desk::compare);
    connect(comparison_, &Comparison::changed, this, [this] {
        panels_.stage.transport().setComparing(comparing());
        emit compareChanged(comparing());
    });
    connect(steering_, &SteerDesk::clipWanted, this, [this](const Recipe& recipe) { queueUp(recipe); });
    connect(&session_, &StudioSession::engineLoaded, this, [this] {
        panels_.status.setDevice(toQString(session_.device().name), true);
        if (const std::string& note = session_.device().note; !note.empty()) {
            panels_.toast.say(toQString(note));
        }
    });
    connect(&session_, &StudioSession::engineFailed, this, [this](const Error& error) {
        panels_.status.setDevice(tr("No engine"), false);
        const auto again = [this] {
            panels_.stage.dismissError();
            panels_.status.setDevice(tr("Starting the engine"), false);
            session_.loadEngine();
        };
        panels_.stage.showError(error, {{tr("Try again"), again}});
    });
    connect(&panels_.side, &SidePanel::copied, this, [this](const QString& what) {
        panels_.toast.say(what);
    });
    connect(failures_, &FailureCards::recipeWanted, this, &Desk::restore);
    connect(price_, &PriceTag::recipeWanted, this, &Desk::restore);
    connect(price_, &PriceTag::budgetWanted, this, &Desk::setBudget);
    connect(queue_, &QueueDesk::recipeWanted, this, &Desk::restore);
    connect(presets_, &PresetDesk::recipeWanted, this, &Desk::restore);
    connect(failures_, &FailureCards::folderWanted, this, &Desk::askForClipsFolder);
    connect(failures_, &FailureCards::againWanted, this, &Desk::generate);
}

void Desk::connectRun() {
    connect(&session_, &StudioSession::runStarted, this, &Desk::beginRun);
    connect(&session_, &StudioSession::progressed, this, [this](const Progress& progress) {
        panels_.stage.progress().showProgress(progress);
        panels_.stage.transport().setBlocks(progress.draft ? 0 : progress.blocks);
        panels_.side.showProgress(progress);
        const int percent = static_cast<int>(progress.fraction * 100);
        emit titleChanged(tr("%1 % · %2").arg(percent).arg(phaseWords(progress)));
    });
    connect(&session_, &StudioSession::picturesArrived, this, [this] {
        Player& player = panels_.stage.player();
        if (player.wanted() == session_.runningClip()) {
            player.poll();
        }
    });
    connect(&session_, &StudioSession::runEnded, this, &Desk::endRun);
    connect(&session_, &StudioSession::jobRefused, this, [this](const Recipe& recipe, const Error& error) {
        failures_->show(error, recipe);
    });
}

void Desk::connectStrip() {
    // The first click of the two put the clip on the stage: the one of before lies left.
    connect(strip_, &StripDesk::compareWanted, this, [this] {
        if (!comparing()) {
            compare();
        }
    });
    connect(strip_, &StripDesk::againWanted, this, &Desk::makeAgain);
    connect(strip_, &StripDesk::variationsWanted, this, &Desk::makeVariations);
    connect(strip_, &StripDesk::exportWanted, this, &Desk::exportClip);
    connect(strip_, &StripDesk::exportManyWanted, this, [this](const std::vector<ClipRecord>& records) {
        openExport(records, panels_.stage.player().picture(), exportPlace());
    });
    connect(strip_, &StripDesk::ratingWanted, library_, [this](qlonglong id, int stars) {
        library_->rate({id}, stars);
    });
    const auto make = [this](const Recipe& recipe, const std::string& job) {
        queueUp(panels_.recipe.completed(recipe), JobQueue::Place::front, job);
    };
    connect(seeds_, &SeedDesk::clipWanted, this, make);
    connect(stills_, &StillDesk::clipWanted, this, make);
    connect(seeds_, &SeedDesk::refused, this, [this](const Error& error, const Recipe& recipe) {
        failures_->show(error, recipe);
    });
    connect(library_, &LibraryDesk::againWanted, this, &Desk::makeAgain);
    connect(library_, &LibraryDesk::deedWanted, edits_, &EditDesk::run);
    connect(library_, &LibraryDesk::exportManyWanted, this, [this](const std::vector<ClipRecord>& records) {
        openExport(records, panels_.stage.player().picture(), exportPlace());
    });
    connect(clips_, &ClipDesk::recipeWanted, this, &Desk::restore);
    connect(clips_, &ClipDesk::againWanted, this, &Desk::makeAgain);
    ClipShelf& shelf = session_.shelf();
    connect(&shelf, &ClipShelf::failed, this, [this](const QString& message, const QString& hint) {
        panels_.stage.showError(Error(ErrorKind::resource, toStd(message), toStd(hint)));
    });
}

void Desk::connectFirstMinutes() {
    connect(first_minutes_, &FirstMinutes::runWanted, this, [this](const QString& prompt) {
        Recipe recipe = panels_.recipe.recipe();
        recipe.prompt = toStd(prompt);
        emit panels_.recipe.edited(recipe, {QStringLiteral("prompt"), -undo().count() - 1});
        generate();
    });
}

} // namespace rushes::ui
