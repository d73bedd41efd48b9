#include "desk/clip_desk.h"

#include "base/error.h"
#include "controls/toast.h"
#include "convert.h"
#include "desk/comparison.h"
#include "desk/status_line.h"
#include "desk/undo_list.h"
#include "library/film_strip.h"
#include "queue/side_panel.h"
#include "session/studio_session.h"
#include "stage/progress_line.h"
#include "stage/stage_panel.h"
#include "stage/transport_bar.h"
#include "work/home_call.h"

#include <algorithm>
#include <utility>

#include <QDateTime>
#include <QFileInfo>
#include <QLocale>

namespace rushes::ui {

ClipDesk::ClipDesk(
    StudioSession& session, DeskPanels panels, Comparison& comparison, UndoList& undo, QObject* parent
)
    : QObject(parent), session_(session), panels_(panels), comparison_(comparison), undo_(undo) {
    connectStage();
    connectShelf();
    panels_.stage.transport().setExportEnabled(false);
}

void ClipDesk::connectStage() {
    Player& player = panels_.stage.player();
    connect(&player, &Player::clipChanged, this, &ClipDesk::stageChanged);
    connect(&comparison_, &Comparison::changed, this, &ClipDesk::showIdleWords);
    connect(&comparison_, &Comparison::wordsChanged, this, &ClipDesk::showIdleWords);
    player.setFetch([this, &player](const std::shared_ptr<StageClip>& clip, std::int64_t index) {
        const auto reader = clip == player.other() ? ClipShelf::Reader::compared : ClipShelf::Reader::stage;
        session_.shelf().fetch(
            clip->store(),
            index,
            [&player, clip](FramePtr frame) { player.keep(clip, std::move(frame)); },
            reader
        );
    });
}

void ClipDesk::connectShelf() {
    ClipShelf& shelf = session_.shelf();
    const auto count = [this] { panels_.status.setClips(static_cast<int>(session_.shelf().clips())); };
    connect(&shelf, &ClipShelf::loaded, this, [this, count] {
        count();
        showLast();
    });
    connect(&shelf, &ClipShelf::countChanged, this, count);
    connect(&shelf.model(), &QAbstractItemModel::modelReset, this, &ClipDesk::selectShown); // after a search
    connect(&shelf, &ClipShelf::renamed, this, [this](qlonglong id, const QString& file) {
        followFile(id, toPath(file));
    });
    connect(&shelf, &ClipShelf::foundAgain, this, &ClipDesk::tellFound);
    connect(&shelf, &ClipShelf::added, this, [this](qlonglong id) {
        const auto row = session_.shelf().model().rowOf(id);
        if (row && ended_ && panels_.stage.player().wanted() == ended_) {
            showRecord(session_.shelf().model().item(*row).record);
            selectShown();
        }
        ended_.reset();
    });
}

void ClipDesk::beginRun() {
    if (following_) {
        opening_.reset();
        panels_.stage.player().show(session_.runningClip());
        panels_.strip.select(0);
    }
}

void ClipDesk::endRun(const std::shared_ptr<StageClip>& clip, bool kept) {
    Player& player = panels_.stage.player();
    player.poll();
    ended_ = kept ? clip : nullptr;
    if (!kept && player.wanted() == clip) {
        if (player.clip() != clip) {
            player.show(player.clip()); // the clip of before stays
            selectShown();
        } else if (before_run_) {
            open(*before_run_, {}); // a draft was seen: it goes with its run
            following_ = true;
        } else {
            player.show(nullptr);
        }
    }
    showIdleWords();
}

void ClipDesk::choose(int row) {
    const ClipItem& item = session_.shelf().model().item(row);
    Player& player = panels_.stage.player();
    if (item.running) {
        following_ = true;
        opening_.reset();
        player.show(session_.runningClip());
        return;
    }
    chooseRecord(item.record);
}

void ClipDesk::chooseRecord(const ClipRecord& record) {
    Player& player = panels_.stage.player();
    const QString done = tr("Settings of this clip restored");
    if (isShown(record)) {
        opening_.reset();
        player.show(player.clip());
        emit recipeWanted(record.recipe, done);
    } else {
        open(record, done);
    }
}

void ClipDesk::open(const ClipRecord& record, const QString& restore) {
    following_ = false;
    when_there_ = {};
    Player& player = panels_.stage.player();
    // The callbacks come later: by then the clip has its place here.
    const auto opened = std::make_shared<std::weak_ptr<StageClip>>();
    const auto clip = session_.shelf().open(
        record,
        [this, &player] {
            player.poll();
            arrive();
            showIdleWords();
        },
        ClipShelf::Reader::stage,
        [this, opened](const Error& error) { fail(opened->lock(), error); }
    );
    *opened = clip;
    opening_ = Opening{clip, record, restore};
    player.show(clip);
}

void ClipDesk::whenThere(std::function<void()> call) {
    if (opening_) {
        when_there_ = std::move(call);
    } else {
        call();
    }
}

void ClipDesk::stageChanged() {
    const auto& clip = panels_.stage.player().clip();
    if (clip && clip == session_.runningClip()) {
        before_run_ = shown_;
        showRecord(std::nullopt); // only now has the clip of before left the stage
        return;
    }
    arrive();
    showIdleWords();
}

void ClipDesk::arrive() {
    const auto& clip = panels_.stage.player().clip();
    if (!opening_ || clip != opening_->clip || !clip->hasPicture()) {
        return;
    }
    const Opening opened = *std::exchange(opening_, std::nullopt);
    panels_.stage.dismissError();
    showRecord(opened.record);
    selectShown();
    if (!opened.restore.isEmpty()) {
        emit recipeWanted(opened.record.recipe, opened.restore);
    }
    if (const auto call = std::exchange(when_there_, {})) {
        call();
    }
}

void ClipDesk::fail(const std::shared_ptr<StageClip>& clip, const Error& error) {
    if (!opening_ || opening_->clip != clip) {
        return; // nobody waits for it any more
    }
    const ClipRecord record = std::exchange(opening_, std::nullopt)->record;
    Player& player = panels_.stage.player();
    // What may stand on: a clip of the strip, or the one that is made now. The draft of a run that is over
    // may not.
    const bool stays = player.clip() != clip && (shown_ || player.clip() == session_.runningClip());
    player.show(stays ? player.clip() : nullptr);
    session_.shelf().setMissing(record.id);
    failed_ = record.id;
    selectShown();
    std::vector<CardLever> levers;
    if (session_.shelf().model().rowOf(record.id)) {
        levers.push_back({tr("Find the file…"), [this, record] { emit fileWanted(record); }});
        levers.push_back({tr("Make it again"), [this, record] {
                              panels_.stage.dismissError();
                              emit againWanted(record.recipe);
                          }});
        levers.push_back({tr("Remove from the strip"), [this, record] {
                              panels_.stage.dismissError();
                              remove(record.id);
                          }});
    }
    panels_.stage.showError(error, levers);
}

void ClipDesk::showRecord(const std::optional<ClipRecord>& record) {
    shown_ = record;
    comparison_.stageShows(record);
    if (record) {
        panels_.side.inspect(*record);
        session_.shelf().runOnDisk([this, file = record->file] {
            std::error_code gone;
            const auto bytes = std::filesystem::file_size(file, gone);
            callHome(this, [this, file, bytes = gone ? 0 : bytes] {
                if (shown_ && shown_->file == file) {
                    panels_.side.setFileSize(bytes);
                }
            });
        });
    }
    showIdleWords();
    emit shownChanged();
}

/// After a start the newest clip lies on the stage.
void ClipDesk::showLast() {
    const ClipStripModel& clips = session_.shelf().model();
    const auto last = clips.firstFinished();
    if (last && !panels_.stage.player().wanted()) {
        open(clips.item(*last).record, {});
        following_ = true;
    }
}

void ClipDesk::selectShown() {
    if (const auto row = shown_ ? session_.shelf().model().rowOfFile(shown_->file) : std::nullopt) {
        panels_.strip.select(*row);
    }
}

void ClipDesk::take(const QString& file, const DroppedFile& dropped) {
    panels_.stage.dismissError();
    const QString done = tr("Settings of %1 restored").arg(QFileInfo(file).fileName());
    if (!dropped.clip) {
        emit recipeWanted(*dropped.recipe, done);
        return;
    }
    // A clip of the strip is shown as that one.
    const auto row = session_.shelf().model().rowOfFile(dropped.clip->file);
    open(row ? session_.shelf().model().item(*row).record : *dropped.clip, dropped.recipe ? done : QString());
    if (!row && !dropped.recipe) {
        recognise(dropped.clip->file);
    }
}

/// A video that lost what it said of its making, on a platform perhaps: the library knows clips by their
/// look.
void ClipDesk::recognise(const std::filesystem::path& file) {
    session_.shelf().findAlike(file, [this](const ClipRecord& clip) {
        const QString day = QLocale().toString(
            QDateTime::fromMSecsSinceEpoch(clip.created_unix_ms).date(), QLocale::ShortFormat
        );
        panels_.toast.say(
            tr("This looks like your clip of %1: %2").arg(day, toQString(clip.recipe.prompt)),
            tr("Restore its settings"),
            [this, clip] { emit recipeWanted(clip.recipe, tr("Settings of that clip restored")); }
        );
    });
}

void ClipDesk::remove(qlonglong id) {
    const auto clip = session_.shelf().itemOf(id);
    if (!clip) {
        return;
    }
    const ClipItem item = *clip;
    const bool on_stage = isShown(item.record);
    undo_.run(
        tr("clip removed from the strip"),
        [this, id, record = item.record] {
            const int place = session_.shelf().model().rowOf(id).value_or(0);
            session_.shelf().remove(id);
            leave(record, place);
        },
        [this, item, on_stage] {
            session_.shelf().restore(item);
            if (on_stage) {
                open(item.record, {});
            }
        }
    );
    undo_.say(tr("Removed from the strip. The file stays."));
}

void ClipDesk::deleteFile(qlonglong id) {
    const auto clip = session_.shelf().itemOf(id);
    if (!clip) {
        return;
    }
    const ClipItem item = *clip;
    const bool on_stage = isShown(item.record);
    const auto binned = std::make_shared<QString>(); // where the bin keeps it
    undo_.run(
        tr("file deleted"),
        [this, id, record = item.record, binned] {
            const int place = session_.shelf().model().rowOf(id).value_or(0);
            session_.shelf().remove(id);
            leave(record, place);
            session_.shelf().moveToBin(record.file, binned);
        },
        [this, item, on_stage, binned] {
            session_.shelf().takeFromBin(binned, item.record.file);
            session_.shelf().restore(item);
            if (on_stage) {
                open(item.record, {});
            }
        }
    );
    undo_.say(tr("%1 is in the bin").arg(QFileInfo(toQString(item.record.file)).fileName()));
}

void ClipDesk::setFavourite(qlonglong id, bool favourite) {
    ClipShelf& shelf = session_.shelf();
    undo_.run(
        favourite ? tr("favourite") : tr("no favourite any more"),
        [&shelf, id, favourite] { shelf.setFavourite(id, favourite); },
        [&shelf, id, favourite] { shelf.setFavourite(id, !favourite); }
    );
    undo_.say(favourite ? tr("Marked as a favourite") : tr("Not a favourite any more"));
}

void ClipDesk::rename(qlonglong id, const QString& name) {
    ClipShelf& shelf = session_.shelf();
    const auto row = shelf.model().rowOf(id);
    if (!row) {
        return;
    }
    const QString before = toQString(shelf.model().item(*row).record.file.stem());
    undo_.run(
        tr("clip renamed"),
        [&shelf, id, name] { shelf.rename(id, name); },
        [&shelf, id, before] { shelf.rename(id, before); }
    );
    undo_.say(tr("Renamed to %1").arg(name));
}

/// What is on the stage, or on its way there, lies under another name now.
void ClipDesk::followFile(qlonglong id, const std::filesystem::path& file) {
    if (opening_ && opening_->record.id == id) {
        opening_->record.file = file;
    }
    if (shown_ && shown_->id == id) {
        ClipRecord record = *shown_;
        record.file = file;
        if (const auto& clip = panels_.stage.player().clip()) {
            ClipShelf::readFrom(*clip->store(), file);
        }
        showRecord(record);
    }
}

/// Clips that were moved outside lie elsewhere now.
void ClipDesk::tellFound(const std::map<std::int64_t, std::filesystem::path>& files) {
    for (const auto& [id, file] : files) {
        followFile(id, file);
    }
    panels_.toast.say(
        files.size() == 1 ? tr("Found again: %1").arg(toQString(files.begin()->second))
                          : tr("%1 clips that were moved are found again").arg(files.size())
    );
    if (const auto clip = session_.shelf().itemOf(failed_); clip && files.contains(failed_)) {
        panels_.stage.dismissError();
        open(clip->record, {});
    }
    failed_ = 0;
}

/// A clip that went away leaves the stage to its neighbour.
void ClipDesk::leave(const ClipRecord& record, int row) {
    if (!isShown(record)) {
        return;
    }
    const ClipStripModel& clips = session_.shelf().model();
    const int count = clips.rowCount();
    const int next = std::min(row, count - 1);
    if (next >= 0 && !clips.item(next).running) {
        open(clips.item(next).record, {});
    } else {
        panels_.stage.player().show(nullptr);
        showRecord(std::nullopt);
    }
}

void ClipDesk::showIdleWords() {
    const auto& clip = panels_.stage.player().clip();
    panels_.stage.transport().setExportEnabled(clip && shown_ && !clip->growing() && clip->finalFrames() > 0);
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
    QString about = comparison_.on() ? comparison_.words() : toQString(shown_->recipe.prompt).simplified();
    if (about.isEmpty()) {
        about = tr("no prompt");
    }
    panels_.stage.progress().idle(QStringLiteral("%1  ·  %2").arg(size, about));
}

} // namespace rushes::ui
