// Connects the panels with the session: what a click, a drop or a finished clip leads to. Owns the undo list
// of the settings; the panels know nothing of each other.
#pragma once

#include "controls/recipe_panel.h"
#include "desk/desk_panels.h"
#include "library/clip_library.h"
#include "library/dropped_file.h"
#include "session/settings.h"
#include "session/studio_session.h"

#include <optional>

#include <QUndoStack>

namespace rushes::ui {

class Comparison;
class FailureCards;
class ModelAdder;
class PriceTag;

class Desk : public QObject {
    Q_OBJECT

public:
    Desk(StudioSession& session, Settings& settings, DeskPanels panels, QObject* parent = nullptr);

    QUndoStack& undo() { return undo_; }

    void generate();
    void stop();
    void exportClip();
    /// Begins or ends the comparison of two clips.
    void compare();
    bool comparing() const;
    void showClipInFolder();
    void copySettings();
    void randomSeed();
    /// A clip with a recipe inside, or a recipe as JSON: restores the settings and shows the clip. A folder
    /// is added as a model.
    void openFile(const QString& file);
    void askForModel();
    void askForClipsFolder();
    /// Writes what is remembered between starts.
    void remember();

    void applyRecipe(const Recipe& recipe); ///< for the undo list

signals:
    void compareChanged(bool on);
    void titleChanged(const QString& title);

private:
    void connectPanel();
    void connectRun();
    void connectLibrary();
    void showIdleWords();
    void beginRun();
    void endRun(const RunEnd& end);
    void chooseClip(int row);
    void setClipsFolder(const std::filesystem::path& folder);
    void restore(const Recipe& recipe, const QString& text);
    void showRecord(const std::optional<ClipRecord>& record);
    void showClip(const ClipRecord& record);
    void takeFile(const QString& file, const DroppedFile& dropped);

    StudioSession& session_;
    Settings& settings_;
    DeskPanels panels_;
    Comparison* comparison_;
    FailureCards* failures_;
    ModelAdder* models_;
    PriceTag* price_;
    QUndoStack undo_;
    std::optional<ClipRecord> shown_;  ///< the finished clip on the stage
    std::shared_ptr<StageClip> ended_; ///< finished just now, its record not yet in the library
    bool following_ = true;            ///< the stage goes to the running clip by itself
    std::filesystem::path export_folder_;
};

} // namespace rushes::ui
