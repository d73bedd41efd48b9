// What is on the stage, and what happens to the clips of the strip. A clip counts as shown only when its
// pictures are on the stage: what is exported, deleted or inspected is what one sees.
#pragma once

#include "base/error.h"
#include "desk/desk_panels.h"
#include "library/clip_item.h"
#include "library/dropped_file.h"

#include <functional>
#include <map>
#include <memory>
#include <optional>

#include <QObject>

namespace rushes::ui {

class Comparison;
class StageClip;
class StudioSession;
class UndoList;

class ClipDesk : public QObject {
    Q_OBJECT

public:
    ClipDesk(
        StudioSession& session,
        DeskPanels panels,
        Comparison& comparison,
        UndoList& undo,
        QObject* parent = nullptr
    );

    /// The finished clip on the stage.
    const std::optional<ClipRecord>& shown() const { return shown_; }

    /// The stage goes to the running clip by itself.
    void follow() { following_ = true; }

    void beginRun();
    /// `clip`: what was seen of it; `kept`: there is a file.
    void endRun(const std::shared_ptr<StageClip>& clip, bool kept);

    void choose(int row);
    /// A clip of the library, in the strip or not.
    void chooseRecord(const ClipRecord& record);

    /// The same, but the settings stay.
    void show(const ClipRecord& record) { open(record, {}); }

    /// A clip or recipe from outside.
    void take(const QString& file, const DroppedFile& dropped);
    /// From the strip only: the file stays.
    void remove(qlonglong id);
    /// To the bin of the desktop.
    void deleteFile(qlonglong id);
    void setFavourite(qlonglong id, bool favourite);
    /// The file's name, without its suffix.
    void rename(qlonglong id, const QString& name);

    /// Once the clip that was chosen is on the stage; now, when it is there already.
    void whenThere(std::function<void()> call);

    /// The line above the picture while nothing is made.
    void showIdleWords();

signals:
    void recipeWanted(const rushes::Recipe& recipe, const QString& done);
    void againWanted(const rushes::Recipe& recipe);
    void fileWanted(const rushes::ClipRecord& record); ///< a clip's file is gone: where is it now?
    void shownChanged();

private:
    /// A clip that is being read for the stage.
    struct Opening {
        std::shared_ptr<StageClip> clip;
        ClipRecord record;
        QString restore; ///< what to say when its settings are restored; empty: they are not
    };

    void recognise(const std::filesystem::path& file);
    void connectStage();
    void connectShelf();
    void open(const ClipRecord& record, const QString& restore);
    void stageChanged();
    void arrive();
    void fail(const std::shared_ptr<StageClip>& clip, const Error& error);
    void showRecord(const std::optional<ClipRecord>& record);
    void showLast();
    void leave(const ClipRecord& record, int row);
    void tellFound(const std::map<std::int64_t, std::filesystem::path>& files);
    void followFile(qlonglong id, const std::filesystem::path& file);
    void selectShown();

    bool isShown(const ClipRecord& record) const { return shown_ && shown_->file == record.file; }

    StudioSession& session_;
    DeskPanels panels_;
    Comparison& comparison_;
    UndoList& undo_;
    std::optional<ClipRecord> shown_;
    std::optional<ClipRecord> before_run_; ///< on the stage before the clip that is made now
    std::optional<Opening> opening_;
    std::function<void()> when_there_;
    std::int64_t failed_ = 0;          ///< the clip whose file was not there
    std::shared_ptr<StageClip> ended_; ///< finished just now, its record not yet in the library
    bool following_ = true;
};

} // namespace rushes::ui
