#include "desk/desk.h"

#include "base/error.h"
#include "controls/folder_dialog.h"
#include "controls/prompt_edit.h"
#include "controls/seed_field.h"
#include "controls/toast.h"
#include "convert.h"
#include "desk/clip_desk.h"
#include "desk/comparison.h"
#include "desk/export_start.h"
#include "desk/failure_cards.h"
#include "desk/field_words.h"
#include "desk/frame_desk.h"
#include "desk/model_adder.h"
#include "desk/panel_memory.h"
#include "desk/price_tag.h"
#include "desk/queue_desk.h"
#include "desk/recipe_undo_step.h"
#include "desk/status_line.h"
#include "export/export_dialog.h"
#include "library/film_strip.h"
#include "queue/side_panel.h"
#include "stage/progress_line.h"
#include "stage/stage_panel.h"
#include "stage/stage_view.h"
#include "stage/transport_bar.h"
#include "work/home_call.h"

#include <QApplication>
#include <QClipboard>
#include <QFileDialog>
#include <QFileInfo>

namespace rushes::ui {

namespace {

constexpr int variations = 4;

} // namespace

Desk::Desk(StudioSession& session, Settings& settings, DeskPanels panels, QObject* parent)
    : QObject(parent),
      session_(session),
      settings_(settings),
      panels_(panels),
      undo_(panels.toast),
      comparison_(new Comparison(session, panels.stage, this)),
      queue_(new QueueDesk(session, panels, undo_, this)),
      clips_(new ClipDesk(session, panels, *comparison_, undo_, this)),
      frames_(new FrameDesk(session, panels, *clips_, this)),
      failures_(new FailureCards(panels.recipe, panels.stage, this)),
      models_(new ModelAdder(session, settings, panels, this)),
      price_(new PriceTag(session, panels.recipe, this)) {
    if (const QString folder = settings_.get(Setting::videos).toString(); !folder.isEmpty()) {
        setClipsFolder(toPath(folder));
    }
    export_folder_ = session_.videos();
    connectPanel();
    connectRun();
    connectStrip();
    recallPanel(panels_.recipe, panels_.stage.player(), settings_);
}

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
    ClipShelf& shelf = session_.shelf();
    FilmStrip& strip = panels_.strip;
    connect(&strip, &FilmStrip::chosen, clips_, &ClipDesk::choose);
    // The first click of the two put the clip on the stage: the one of before lies left.
    connect(&strip, &FilmStrip::compareRequested, this, [this] {
        if (!comparing()) {
            compare();
        }
    });
    connect(&strip, &FilmStrip::hoverNeedsFrames, &shelf, &ClipShelf::loadMoving);
    connect(&strip, &FilmStrip::removeRequested, clips_, &ClipDesk::remove);
    connect(&strip, &FilmStrip::deleteRequested, clips_, &ClipDesk::deleteFile);
    connect(&strip, &FilmStrip::favouriteRequested, clips_, &ClipDesk::setFavourite);
    const auto with_record = [this](auto act) {
        return [this, act](qlonglong id) {
            if (const auto row = session_.shelf().model().rowOf(id)) {
                act(session_.shelf().model().item(*row).record);
            }
        };
    };
    connect(&strip, &FilmStrip::showFileRequested, this, with_record([](const ClipRecord& record) {
        showInFolder(toQString(record.file));
    }));
    connect(&strip, &FilmStrip::againRequested, this, with_record([this](const ClipRecord& record) {
        makeAgain(record.recipe);
    }));
    connect(&strip, &FilmStrip::variationsRequested, this, with_record([this](const ClipRecord& record) {
        makeVariations(record.recipe);
    }));
    connect(&strip, &FilmStrip::copyRequested, this, with_record([this](const ClipRecord& record) {
        QApplication::clipboard()->setMimeData(fileData({toQString(record.file)}));
        panels_.toast.say(tr("File copied"));
    }));
    connect(&strip, &FilmStrip::exportRequested, this, [this](int row) {
        clips_->choose(row);
        clips_->whenThere([this] { exportClip(); });
    });
    connect(clips_, &ClipDesk::recipeWanted, this, &Desk::restore);
    connect(clips_, &ClipDesk::againWanted, this, &Desk::makeAgain);
    connect(clips_, &ClipDesk::fileWanted, this, &Desk::findFile);
    connect(&shelf, &ClipShelf::failed, this, [this](const QString& message, const QString& hint) {
        panels_.stage.showError(Error(ErrorKind::resource, toStd(message), toStd(hint)));
    });
}

void Desk::remember() {
    rememberPanel(panels_.recipe, panels_.stage.player(), settings_);
}

void Desk::applyRecipe(const Recipe& recipe) {
    panels_.recipe.showRecipe(recipe);
    price_->refresh();
}

void Desk::generate() {
    RecipePanel& panel = panels_.recipe;
    if (session_.models().empty()) {
        return;
    }
    panel.seed().takeText(); // what stands in the field is used
    const Recipe recipe = panel.recipe();
    if (toQString(recipe.prompt).trimmed().isEmpty()) { // first: what the queue says counts for more
        panels_.toast.say(tr("There is no prompt: the model decides what is seen."));
    }
    if (!queueUp(recipe)) {
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

bool Desk::queueUp(const Recipe& recipe) {
    if (session_.engineReady()) {
        panels_.stage.dismissError(); // but an engine that did not start stays in sight
    }
    clips_->follow();
    try {
        session_.generate(recipe);
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

void Desk::makeAgain(const Recipe& recipe) {
    queueUp(panels_.recipe.completed(recipe));
}

void Desk::makeVariations(const Recipe& recipe) {
    Recipe next = panels_.recipe.completed(recipe);
    for (int i = 0; i < variations; ++i) {
        next.seed = SeedField::randomSeed();
        if (!queueUp(next)) {
            return;
        }
    }
    panels_.toast.say(tr("%1 variations are on their way").arg(variations));
}

void Desk::stop() {
    if (session_.running()) {
        panels_.stage.progress().showStopping();
        session_.stop();
    }
}

void Desk::askToStop() {
    if (stop_asked_ || settings_.get(Setting::stop_known).toBool()) {
        settings_.set(Setting::stop_known, true);
        stop();
        return;
    }
    stop_asked_ = true;
    panels_.toast.say(tr("Stop this clip? What exists is kept. Esc again stops."), tr("Stop"), [this] {
        settings_.set(Setting::stop_known, true);
        stop();
    });
}

void Desk::beginRun() {
    stop_asked_ = false;
    panels_.stage.dismissError();
    panels_.stage.progress().begin();
    panels_.stage.setMaking(true);
    panels_.side.beginRun();
    queue_->showState();
    clips_->beginRun();
}

void Desk::endRun(const RunEnd& end) {
    const JobResult& result = end.result;
    Player& player = panels_.stage.player();
    const bool on_stage = player.wanted() == end.clip;
    panels_.side.showReport(
        report_of(result.outcome),
        result.clip ? result.clip->finish_seconds : -1,
        on_stage ? player.clock().underruns() : 0
    );
    panels_.stage.setMaking(false);
    clips_->endRun(end.clip, result.clip.has_value());
    queue_->showState();
    emit titleChanged({});
    if (const auto* failure = std::get_if<Failed>(&result.outcome)) {
        if (end.tries_again) {
            panels_.toast.say(tr("%1 It is tried again.").arg(QString::fromUtf8(failure->error.what())));
        } else {
            failures_->show(failure->error, end.plan.recipe, end.plan.peak_memory_bytes);
        }
        return;
    }
    if (result.clip && !result.clip->note.empty()) {
        panels_.toast.say(toQString(result.clip->note));
    } else if (!result.clip) {
        panels_.toast.say(tr("Stopped before the first frame: there is no clip."));
    }
}

void Desk::restore(const Recipe& recipe, const QString& text) {
    const Recipe before = panels_.recipe.recipe();
    const Recipe after = panels_.recipe.completed(recipe);
    if (after == before) {
        return;
    }
    undo().push(new RecipeUndoStep(
        *this, before, after, {QStringLiteral("restore"), -undo().count() - 1}, tr("settings restored")
    )); // the stack owns it
    undo_.say(text);
}

void Desk::openFile(const QString& file) {
    session_.shelf().runOnDisk([this, file] {
        std::error_code ignored;
        if (std::filesystem::is_directory(toPath(file), ignored)) {
            callHome(this, [this, file] { models_->add(toPath(file)); });
            return;
        }
        try {
            callHome(this, [this, file, dropped = readDropped(toPath(file))] {
                clips_->take(file, dropped);
            });
        } catch (const Error& error) {
            callHome(this, [this, error] { panels_.stage.showError(error); });
        }
    });
}

void Desk::findFile(const ClipRecord& record) {
    const QString file = QFileDialog::getOpenFileName(
        panels_.stage.window(), tr("Where is this clip now?"), toQString(session_.videos())
    );
    if (const auto row = session_.shelf().model().rowOf(record.id); row && !file.isEmpty()) {
        panels_.stage.dismissError();
        session_.shelf().setFile(record.id, toPath(file));
        clips_->choose(*row);
    }
}

void Desk::chooseClip(qlonglong id) {
    if (const auto row = session_.shelf().model().rowOf(id)) {
        clips_->choose(*row);
    }
}

void Desk::askForModel() {
    models_->ask();
}

void Desk::askForClipsFolder() {
    QWidget* window = panels_.stage.window();
    askFolder(window, tr("Folder for new clips"), session_.videos(), [this](const auto& folder) {
        setClipsFolder(folder);
        settings_.set(Setting::videos, toQString(folder));
        panels_.stage.dismissError();
        panels_.toast.say(tr("New clips go to %1").arg(toQString(folder)));
    });
}

void Desk::setClipsFolder(const std::filesystem::path& folder) {
    session_.setVideos(folder);
    panels_.status.setFolder(folder);
}

void Desk::copySettings() {
    QApplication::clipboard()->setText(toQString(to_json(panels_.recipe.recipe())));
    panels_.toast.say(tr("Recipe copied"));
}

void Desk::randomSeed() {
    Recipe recipe = panels_.recipe.recipe();
    const Recipe before = recipe;
    recipe.seed = SeedField::randomSeed();
    undo().push(new RecipeUndoStep(
        *this,
        before,
        recipe,
        {QStringLiteral("seed"), -undo().count() - 1},
        fieldWords(QStringLiteral("seed"))
    )); // the stack owns it
}

void Desk::showClipInFolder() {
    if (clips_->shown()) {
        showInFolder(toQString(clips_->shown()->file));
    }
}

void Desk::compare() {
    if (comparing()) {
        comparison_->end();
        return;
    }
    // A clip that was just chosen comes to the stage first.
    clips_->whenThere([this] {
        if (!comparison_->begin()) {
            panels_.stage.transport().setComparing(false);
            emit compareChanged(false);
            panels_.toast.say(tr("Comparing needs two clips: make another one."));
        }
    });
}

bool Desk::comparing() const {
    return comparison_->on();
}

const std::optional<ClipRecord>& Desk::shown() const {
    return clips_->shown();
}

void Desk::exportClip() {
    if (clips_->shown()) {
        openExport(
            panels_.stage.player(),
            *clips_->shown(),
            session_.parts().unfinished,
            settings_,
            export_folder_,
            panels_.toast,
            panels_.stage.window()
        );
    }
}

} // namespace rushes::ui
