// Connects the panels with the session: what a click, a drop or a finished clip leads to. The panels know
// nothing of each other.
#pragma once

#include "controls/recipe_panel.h"
#include "desk/desk_panels.h"
#include "desk/export_start.h"
#include "desk/undo_list.h"
#include "library/clip_library.h"
#include "session/settings.h"
#include "session/studio_session.h"

#include <optional>

#include <QObject>

namespace rushes::ui {

class ClipDesk;
class Comparison;
class EditDesk;
class FailureCards;
class FirstMinutes;
class FrameDesk;
class IdleLook;
class InputDesk;
class LibraryDesk;
class ModelAdder;
class PresetDesk;
class PriceTag;
class QueueDesk;
class SeedDesk;
class SteerDesk;
class StillDesk;
class StripDesk;

class Desk : public QObject {
    Q_OBJECT

public:
    Desk(StudioSession& session, Settings& settings, DeskPanels panels, QObject* parent = nullptr);

    QUndoStack& undo() { return undo_.stack(); }

    UndoList& undoList() { return undo_; }

    void generate();
    /// Before what waits, or in its stead.
    void trySeeds();  ///< of the settings, side by side
    void tryValues(); ///< the same of other values, after asking which
    void generateNext();
    void generateInstead();
    /// Esc while a waiting clip is edited; false: none is.
    bool cancelEdit();
    /// The same once more, or with other seeds.
    void makeAgain(const Recipe& recipe);
    void makeVariations(const Recipe& recipe);
    void stop();
    /// The first time Esc would stop a clip it asks; pressed again it does.
    void askToStop();
    void exportClip();

    StudioSession& session() { return session_; }

    void chooseModel(const std::string& id) { panels_.recipe.chooseModel(id); }

    void chooseClip(qlonglong id);

    /// Copies, saves and hands on frames and files.
    LibraryDesk& library() { return *library_; }

    SeedDesk& seeds() { return *seeds_; }

    SteerDesk& steering() { return *steering_; }

    FrameDesk& frames() { return *frames_; }

    EditDesk& edits() { return *edits_; }

    /// A first look while one writes.
    IdleLook& look() { return *look_; }

    PresetDesk& presets() { return *presets_; }

    /// The pictures that the next clip starts from.
    InputDesk& inputs() { return *inputs_; }

    /// Begins or ends the comparison of two clips.
    void compare();
    bool comparing() const;
    void showClipInFolder();
    void copySettings();
    void randomSeed();
    /// A clip, with or without a recipe inside, or a recipe as JSON: shows it and restores the settings. A
    /// folder is added as a model.
    void openFile(const QString& file);
    void askForModel();
    void askForClipsFolder();

    /// Short work on the disk, off the UI thread.
    void onDisk(std::function<void()> work) { session_.shelf().runOnDisk(std::move(work)); }

    /// Writes what is remembered between starts.
    void remember();

    void applyRecipe(const Recipe& recipe); ///< for the undo list

    /// The finished clip on the stage.
    const std::optional<ClipRecord>& shown() const;

signals:
    void compareChanged(bool on);
    void titleChanged(const QString& title);

private:
    void connectPanel();
    void connectRun();
    void connectStrip();
    void connectFirstMinutes();
    ExportPlace exportPlace();
    void beginRun();
    void endRun(const RunEnd& end);
    bool
    queueUp(const Recipe& recipe, JobQueue::Place place = JobQueue::Place::end, const std::string& job = {});
    std::optional<Recipe> recipeToTry();
    void generateAt(JobQueue::Place place);
    bool queueAll(const Recipe& recipe, JobQueue::Place place);
    bool queueOne(const Recipe& recipe, JobQueue::Place place);
    void setClipsFolder(const std::filesystem::path& folder);
    void restore(const Recipe& recipe, const QString& text);
    void setBudget(int percent);

    StudioSession& session_;
    Settings& settings_;
    DeskPanels panels_;
    UndoList undo_;
    Comparison* comparison_;
    QueueDesk* queue_;
    ClipDesk* clips_;
    StripDesk* strip_;
    LibraryDesk* library_;
    SeedDesk* seeds_;
    SteerDesk* steering_;
    FrameDesk* frames_;
    InputDesk* inputs_;
    StillDesk* stills_;
    EditDesk* edits_;
    FailureCards* failures_;
    ModelAdder* models_;
    PresetDesk* presets_;
    IdleLook* look_;
    PriceTag* price_;
    FirstMinutes* first_minutes_;
    bool stop_asked_ = false; ///< of the clip that is made now
    std::filesystem::path export_folder_;
};

} // namespace rushes::ui
