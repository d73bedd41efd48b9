#include "desk/desk.h"

#include "base/error.h"
#include "controls/file_dialog.h"
#include "controls/prompt_edit.h"
#include "controls/seed_field.h"
#include "controls/toast.h"
#include "convert.h"
#include "desk/clip_desk.h"
#include "desk/comparison.h"
#include "desk/edit_desk.h"
#include "desk/failure_cards.h"
#include "desk/field_words.h"
#include "desk/first_minutes.h"
#include "desk/frame_desk.h"
#include "desk/idle_look.h"
#include "desk/input_desk.h"
#include "desk/library_desk.h"
#include "desk/lora_reader.h"
#include "desk/model_adder.h"
#include "desk/panel_memory.h"
#include "desk/preset_desk.h"
#include "desk/price_tag.h"
#include "desk/prompt_counter.h"
#include "desk/queue_desk.h"
#include "desk/recipe_undo_step.h"
#include "desk/seed_desk.h"
#include "desk/status_line.h"
#include "desk/steer_desk.h"
#include "desk/still_desk.h"
#include "desk/strip_desk.h"
#include "library/film_strip.h"
#include "models/single_file.h"
#include "queue/side_panel.h"
#include "stage/progress_line.h"
#include "stage/stage_panel.h"
#include "stage/stage_view.h"
#include "stage/transport_bar.h"
#include "work/home_call.h"
#include "work/show_in_folder.h"

#include <QApplication>
#include <QClipboard>
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
      strip_(new StripDesk(session, panels, *clips_, undo_, this)),
      library_(new LibraryDesk(session, panels, *clips_, undo_, this)),
      seeds_(new SeedDesk(session, panels, this)),
      steering_(new SteerDesk(session, panels, *clips_, this)),
      frames_(new FrameDesk(session, panels, *clips_, this)),
      inputs_(new InputDesk(session, panels, this)),
      stills_(new StillDesk(session, panels, *seeds_, *inputs_, this)),
      edits_(new EditDesk(session, panels, *clips_, *inputs_, this)),
      failures_(new FailureCards(session, panels.recipe, panels.stage, this)),
      models_(new ModelAdder(session, settings, panels, this)),
      presets_(new PresetDesk(session, panels, undo_, this)),
      look_(new IdleLook(session, panels.recipe, *seeds_, this)),
      price_(new PriceTag(session, panels.recipe, this)),
      first_minutes_(new FirstMinutes(session, settings, panels, this)) {
    if (const QString folder = settings_.get(Setting::videos).toString(); !folder.isEmpty()) {
        setClipsFolder(toPath(folder));
    }
    export_folder_ = session_.videos();
    session_.shelf().setHome(session_.videos());
    new PromptCounter(panels_.recipe, this); // owned by the desk, as the next one
    new LoraReader(panels_.recipe.loras(), this);
    connectPanel();
    connectRun();
    connectStrip();
    connectFirstMinutes();
    recallPanel(panels_.recipe, panels_.stage.player(), settings_);
}

void Desk::remember() {
    rememberPanel(panels_.recipe, panels_.stage.player(), settings_);
}

void Desk::applyRecipe(const Recipe& recipe) {
    panels_.recipe.showRecipe(recipe);
    price_->refresh();
}

bool Desk::cancelEdit() {
    const bool editing = queue_->editing();
    queue_->cancelEdit();
    return editing;
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
    } else if (std::holds_alternative<Finished>(result.outcome)) {
        first_minutes_->clipMade();
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

void Desk::setBudget(int percent) {
    const int before = settings_.get(Setting::memory_share).toInt();
    const auto set = [this](int share) {
        settings_.set(Setting::memory_share, share);
        session_.setMemoryShare(share / 100.0);
    };
    undo_.run(tr("memory budget"), [=] { set(percent); }, [=] { set(before); });
    undo_.say(tr("Clips may fill %1 % of the memory now").arg(percent));
}

void Desk::openFile(const QString& file) {
    session_.shelf().runOnDisk([this, file] {
        std::error_code ignored;
        if (std::filesystem::is_directory(toPath(file), ignored) || is_weight_file(toPath(file))) {
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
    session_.shelf().setHome(folder);
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

ExportPlace Desk::exportPlace() {
    return {session_.parts().unfinished, settings_, export_folder_, panels_.toast, panels_.stage.window()};
}

void Desk::exportClip() {
    if (clips_->shown()) {
        openExport(panels_.stage.player(), *clips_->shown(), exportPlace());
    }
}

} // namespace rushes::ui
