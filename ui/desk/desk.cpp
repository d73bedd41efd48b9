#include "desk/desk.h"

#include "base/error.h"
#include "controls/folder_dialog.h"
#include "controls/generate_button.h"
#include "controls/prompt_edit.h"
#include "controls/seed_field.h"
#include "controls/toast.h"
#include "convert.h"
#include "desk/comparison.h"
#include "desk/export_start.h"
#include "desk/failure_cards.h"
#include "desk/model_adder.h"
#include "desk/panel_memory.h"
#include "desk/price_tag.h"
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
#include <QFileInfo>

namespace rushes::ui {

Desk::Desk(StudioSession& session, Settings& settings, DeskPanels panels, QObject* parent)
    : QObject(parent),
      session_(session),
      settings_(settings),
      panels_(panels),
      comparison_(new Comparison(session, panels.stage, this)),
      failures_(new FailureCards(panels.recipe, panels.stage, this)),
      models_(new ModelAdder(session, settings, panels, this)),
      price_(new PriceTag(session, panels.recipe, this)) {
    if (const QString folder = settings_.get(Setting::videos).toString(); !folder.isEmpty()) {
        setClipsFolder(toPath(folder));
    }
    export_folder_ = session_.videos();
    connectPanel();
    connectRun();
    connectLibrary();
    recallPanel(panels_.recipe, panels_.stage.player(), settings_);
    panels_.stage.transport().setExportEnabled(false);
}

void Desk::connectPanel() {
    connect(
        &panels_.recipe,
        &RecipePanel::edited,
        this,
        [this](const Recipe& recipe, const RecipeEdit& edit) {
            undo_.push(new RecipeUndoStep(*this, panels_.recipe.recipe(), recipe, edit, edit.field)
            ); // the stack owns it
        }
    );
    connect(&panels_.recipe, &RecipePanel::generateClicked, this, &Desk::generate);
    connect(&panels_.stage.progress(), &ProgressLine::stopClicked, this, &Desk::stop);
    connect(&panels_.stage.transport(), &TransportBar::exportClicked, this, &Desk::exportClip);
    connect(&panels_.stage.transport(), &TransportBar::compareClicked, this, &Desk::compare);
    connect(comparison_, &Comparison::changed, this, [this] {
        showIdleWords();
        panels_.stage.transport().setComparing(comparing());
        emit compareChanged(comparing());
    });
    connect(&panels_.stage.player(), &Player::clipChanged, this, [this] {
        const auto& clip = panels_.stage.player().clip();
        if (clip && clip == session_.runningClip()) {
            showRecord(std::nullopt); // only now has the clip of before left the stage
        } else {
            showIdleWords();
        }
    });
    panels_.stage.player().setFetch([this](const std::shared_ptr<StageClip>& clip, std::int64_t index) {
        Player& player = panels_.stage.player();
        const auto reader = clip == player.other() ? ClipShelf::Reader::compared : ClipShelf::Reader::stage;
        session_.shelf().fetch(
            clip->store(),
            index,
            [&player, clip](FramePtr frame) { player.keep(clip, std::move(frame)); },
            reader
        );
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
    connect(&session_, &StudioSession::queueFailed, this, [this](const Error& error) {
        panels_.stage.showError(error);
    });
    connect(&session_, &StudioSession::queueProblems, this, [this](const QStringList& problems) {
        const bool paused = session_.paused();
        panels_.toast.say(problems.join(QLatin1Char(' ')), paused ? tr("Resume queue") : QString(), [this] {
            session_.setPaused(false);
        });
    });
    connect(&session_, &StudioSession::clipsRecovered, this, [this](int clips) {
        panels_.toast.say(
            tr("%n clip(s) that were being made when Rushes was ended are saved.", nullptr, clips)
        );
    });
    connect(&panels_.side, &SidePanel::pauseNowRequested, &session_, &StudioSession::pauseNow);
    connect(&panels_.side, &SidePanel::retryRequested, &session_, &StudioSession::retry);
    connect(&panels_.side, &SidePanel::duplicateRequested, &session_, &StudioSession::duplicate);
}

void Desk::connectLibrary() {
    ClipShelf& shelf = session_.shelf();
    connect(&panels_.strip, &FilmStrip::chosen, this, &Desk::chooseClip);
    // The first click of the two put the clip on the stage: the one of before lies left.
    connect(&panels_.strip, &FilmStrip::compareRequested, this, [this] {
        if (!comparing()) {
            compare();
        }
    });
    connect(&panels_.strip, &FilmStrip::hoverNeedsFrames, &shelf, &ClipShelf::loadMoving);
    connect(&panels_.strip, &FilmStrip::removeRequested, &shelf, &ClipShelf::remove);
    connect(&panels_.strip, &FilmStrip::favouriteRequested, &shelf, &ClipShelf::setFavourite);
    connect(&panels_.strip, &FilmStrip::showFileRequested, this, [this](qlonglong id) {
        if (const auto row = session_.shelf().model().rowOf(id)) {
            showInFolder(toQString(session_.shelf().model().item(*row).record.file));
        }
    });
    const auto count = [this] { panels_.status.setClips(session_.shelf().model().clips()); };
    connect(&shelf, &ClipShelf::loaded, this, count);
    connect(&shelf.model(), &QAbstractItemModel::rowsRemoved, this, count);
    connect(&shelf, &ClipShelf::added, this, [this, count](qlonglong id) {
        count();
        const auto row = session_.shelf().model().rowOf(id);
        if (row && ended_ && panels_.stage.player().wanted() == ended_) {
            showRecord(session_.shelf().model().item(*row).record);
            panels_.strip.select(*row);
        }
        ended_.reset();
    });
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
    Recipe recipe = panel.recipe();
    if (!panel.seedLocked()) {
        recipe.seed = SeedField::randomSeed();
        panel.showRecipe(recipe);
    }
    if (session_.engineReady()) {
        panels_.stage.dismissError(); // but an engine that did not start stays in sight
    }
    try {
        session_.generate(recipe);
    } catch (const Error& error) {
        failures_->show(error, recipe);
        return;
    }
    following_ = true;
    panel.prompt().remember(toQString(recipe.prompt));
    if (session_.running()) {
        panel.generate().setQueues(true);
        panels_.stage.player().show(session_.runningClip());
    } else if (!session_.engineReady()) {
        panels_.stage.progress().begin();
    } else if (!session_.ownsQueue()) {
        panels_.toast.say(tr("Another window of Rushes makes the clips: yours waits in its queue."));
    }
    remember();
}

void Desk::stop() {
    if (session_.running()) {
        panels_.stage.progress().showStopping();
        session_.stop();
    }
}

void Desk::beginRun() {
    panels_.stage.dismissError();
    panels_.stage.progress().begin();
    panels_.stage.setMaking(true);
    panels_.side.beginRun();
    panels_.recipe.generate().setQueues(true);
    if (following_) {
        panels_.stage.player().show(session_.runningClip());
        panels_.strip.select(0);
    }
}

void Desk::endRun(const RunEnd& end) {
    const JobResult& result = end.result;
    Player& player = panels_.stage.player();
    const bool on_stage = player.wanted() == end.clip;
    player.poll();
    panels_.side.showReport(
        report_of(result.outcome),
        result.clip ? result.clip->finish_seconds : -1,
        on_stage ? player.clock().underruns() : 0
    );
    panels_.recipe.generate().setQueues(false);
    panels_.stage.setMaking(false);
    ended_ = result.clip ? end.clip : nullptr;
    if (!result.clip) {
        player.show(player.clip()); // the clip of before stays
    }
    emit titleChanged({});
    showIdleWords();
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

void Desk::showIdleWords() {
    const auto& clip = panels_.stage.player().clip();
    panels_.stage.transport().setExportEnabled(clip && !clip->growing() && clip->finalFrames() > 0);
    if (session_.running()) {
        return;
    }
    if (!clip || !shown_) {
        panels_.stage.progress().idle({});
        return;
    }
    const QString size = tr("%1 × %2 · %3 fps")
                             .arg(shown_->width)
                             .arg(shown_->height)
                             .arg(clip->shape().rate.fps(), 0, 'g', 4);
    const QString about = comparison_->on() ? differenceWords(comparison_->left()->recipe, shown_->recipe)
                                            : toQString(shown_->recipe.prompt).simplified();
    panels_.stage.progress().idle(QStringLiteral("%1  ·  %2").arg(size, about));
}

void Desk::showRecord(const std::optional<ClipRecord>& record) {
    shown_ = record;
    comparison_->stageShows(record);
    if (record) {
        panels_.side.inspect(*record);
    }
    showIdleWords();
}

void Desk::chooseClip(int row) {
    const ClipItem& item = session_.shelf().model().item(row);
    Player& player = panels_.stage.player();
    if (item.running) {
        following_ = true;
        player.show(session_.runningClip());
        return;
    }
    const ClipRecord record = item.record;
    const bool on_stage = shown_ && shown_->file == record.file && player.wanted() == player.clip();
    if (!on_stage) {
        showClip(record);
    }
    restore(record.recipe, tr("Settings of this clip restored"));
}

void Desk::showClip(const ClipRecord& record) {
    following_ = false;
    Player& player = panels_.stage.player();
    player.show(session_.shelf().open(record, [&player, this] {
        player.poll();
        showIdleWords();
    }));
    showRecord(record);
}

void Desk::restore(const Recipe& recipe, const QString& text) {
    const Recipe before = panels_.recipe.recipe();
    const Recipe after = panels_.recipe.completed(recipe);
    if (after == before) {
        return;
    }
    undo_.push(new RecipeUndoStep(*this, before, after, {QStringLiteral("restore"), -undo_.count() - 1}, text)
    ); // the stack owns it
    panels_.toast.say(text, tr("Undo"), [this] { undo_.undo(); });
}

void Desk::openFile(const QString& file) {
    session_.shelf().runOnDisk([this, file] {
        std::error_code ignored;
        if (std::filesystem::is_directory(toPath(file), ignored)) {
            callHome(this, [this, file] { models_->add(toPath(file)); });
            return;
        }
        try {
            callHome(this, [this, file, dropped = readDropped(toPath(file))] { takeFile(file, dropped); });
        } catch (const Error& error) {
            callHome(this, [this, error] { panels_.stage.showError(error); });
        }
    });
}

void Desk::takeFile(const QString& file, const DroppedFile& dropped) {
    panels_.stage.dismissError();
    if (dropped.clip) {
        showClip(*dropped.clip);
    }
    restore(dropped.recipe, tr("Settings of %1 restored").arg(QFileInfo(file).fileName()));
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
    undo_.push(
        new RecipeUndoStep(*this, before, recipe, {QStringLiteral("seed"), -undo_.count() - 1}, tr("seed"))
    ); // the stack owns it
}

void Desk::showClipInFolder() {
    if (shown_) {
        showInFolder(toQString(shown_->file));
    }
}

void Desk::compare() {
    if (comparing()) {
        comparison_->end();
    } else if (!comparison_->begin()) {
        panels_.stage.transport().setComparing(false);
        emit compareChanged(false);
        panels_.toast.say(tr("Comparing needs two clips: make another one."));
    }
}

bool Desk::comparing() const {
    return comparison_->on();
}

void Desk::exportClip() {
    openExport(
        panels_.stage.player(),
        shown_ ? shown_->recipe : panels_.recipe.recipe(),
        session_.parts().unfinished,
        settings_,
        export_folder_,
        panels_.stage.window()
    );
}

} // namespace rushes::ui
