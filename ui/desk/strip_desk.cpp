#include "desk/strip_desk.h"

#include "controls/file_dialog.h"
#include "controls/toast.h"
#include "convert.h"
#include "desk/clip_desk.h"
#include "desk/undo_list.h"
#include "library/film_strip.h"
#include "session/studio_session.h"
#include "stage/stage_panel.h"
#include "work/show_in_folder.h"

#include <QApplication>
#include <QClipboard>

namespace rushes::ui {

StripDesk::StripDesk(
    StudioSession& session, DeskPanels panels, ClipDesk& clips, UndoList& undo, QObject* parent
)
    : QObject(parent), session_(session), panels_(panels), clips_(clips), undo_(undo) {
    FilmStrip& strip = panels_.strip;
    connect(&strip, &FilmStrip::chosen, &clips_, &ClipDesk::choose);
    connect(&strip, &FilmStrip::compareRequested, this, &StripDesk::compareWanted);
    connect(&strip, &FilmStrip::hoverNeedsFrames, &session_.shelf(), &ClipShelf::loadMoving);
    connect(&strip, &FilmStrip::removeRequested, &clips_, &ClipDesk::remove);
    connect(&strip, &FilmStrip::deleteRequested, &clips_, &ClipDesk::deleteFile);
    connect(&strip, &FilmStrip::favouriteRequested, &clips_, &ClipDesk::setFavourite);
    connect(&strip, &FilmStrip::ratingRequested, this, &StripDesk::ratingWanted);
    connect(&strip, &FilmStrip::renameRequested, &clips_, &ClipDesk::rename);
    const auto with_record = [this](auto act) {
        return [this, act](qlonglong id) {
            for (const ClipRecord& record : recordsOf({id})) {
                act(record);
            }
        };
    };
    connect(&strip, &FilmStrip::showFileRequested, this, with_record([](const ClipRecord& record) {
        showInFolder(toQString(record.file));
    }));
    connect(&strip, &FilmStrip::againRequested, this, with_record([this](const ClipRecord& record) {
        emit againWanted(record.recipe);
    }));
    connect(&strip, &FilmStrip::variationsRequested, this, with_record([this](const ClipRecord& record) {
        emit variationsWanted(record.recipe);
    }));
    connect(&strip, &FilmStrip::copyRequested, this, with_record([this](const ClipRecord& record) {
        QApplication::clipboard()->setMimeData(fileData({toQString(record.file)}));
        panels_.toast.say(tr("File copied"));
    }));
    connect(&strip, &FilmStrip::exportRequested, this, [this](int row) {
        clips_.choose(row);
        clips_.whenThere([this] { emit exportWanted(); });
    });
    connect(&clips_, &ClipDesk::fileWanted, this, &StripDesk::findFile);
    connectSeveral();
}

void StripDesk::connectSeveral() {
    FilmStrip& strip = panels_.strip;
    connect(&strip, &FilmStrip::exportManyRequested, this, [this](const QList<qlonglong>& ids) {
        emit exportManyWanted(recordsOf(ids));
    });
    connect(&strip, &FilmStrip::copyManyRequested, this, [this](const QList<qlonglong>& ids) {
        QStringList files;
        for (const ClipRecord& record : recordsOf(ids)) {
            files << toQString(record.file);
        }
        QApplication::clipboard()->setMimeData(fileData(files));
        panels_.toast.say(tr("%1 files copied").arg(files.size()));
    });
    connect(&strip, &FilmStrip::removeManyRequested, this, [this](const QList<qlonglong>& ids) {
        undo_.stack().beginMacro(tr("%1 clips removed from the strip").arg(ids.size()));
        for (const qlonglong id : ids) {
            clips_.remove(id);
        }
        undo_.stack().endMacro();
        undo_.say(tr("%1 clips removed from the strip. The files stay.").arg(ids.size()));
    });
}

std::vector<ClipRecord> StripDesk::recordsOf(const QList<qlonglong>& ids) const {
    const ClipStripModel& model = session_.shelf().model();
    std::vector<ClipRecord> records;
    for (const qlonglong id : ids) {
        if (const auto row = model.rowOf(id)) {
            records.push_back(model.item(*row).record);
        }
    }
    return records;
}

void StripDesk::findFile(const ClipRecord& record) {
    const auto take = [this, id = record.id](const std::filesystem::path& file) {
        if (const auto row = session_.shelf().model().rowOf(id)) {
            panels_.stage.dismissError();
            session_.shelf().setFile(id, file);
            clips_.choose(*row);
        }
    };
    askFile(
        panels_.stage.window(), tr("Where is this clip now?"), session_.videos(), tr("All files (*)"), take
    );
}

} // namespace rushes::ui
