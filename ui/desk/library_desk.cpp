#include "desk/library_desk.h"

#include "controls/file_dialog.h"
#include "controls/toast.h"
#include "convert.h"
#include "desk/clip_desk.h"
#include "desk/undo_list.h"
#include "library/clip_grid.h"
#include "library/library_page.h"
#include "session/studio_session.h"
#include "stage/stage_panel.h"
#include "work/show_in_folder.h"

#include <algorithm>

#include <QApplication>
#include <QClipboard>

namespace rushes::ui {

LibraryDesk::LibraryDesk(
    StudioSession& session, DeskPanels panels, ClipDesk& clips, UndoList& undo, QObject* parent
)
    : QObject(parent), session_(session), panels_(panels), clips_(clips), undo_(undo) {
    connect(&session_.shelf(), &ClipShelf::countChanged, this, [this] {
        if (page_) {
            page_->setTotal(session_.shelf().clips());
        }
    });
    connect(&session_.shelf(), &ClipShelf::collectionsChanged, this, &LibraryDesk::refreshChoices);
}

void LibraryDesk::open() {
    if (!page_) {
        page_ = new LibraryPage(session_.shelf().grid(), panels_.stage.window()); // the window owns it
        page_->setAttribute(Qt::WA_DeleteOnClose);
        connectPage(*page_);
        connect(page_, &QObject::destroyed, &session_.shelf(), &ClipShelf::endBrowsing);
        page_->grid().setCalm(calm_);
        page_->setTotal(session_.shelf().clips());
        session_.shelf().browse({});
        refreshChoices();
    }
    page_->show();
    page_->activateWindow();
}

void LibraryDesk::setCalm(bool calm) {
    calm_ = calm;
    if (page_) {
        page_->grid().setCalm(calm);
    }
}

void LibraryDesk::connectPage(LibraryPage& page) {
    ClipShelf& shelf = session_.shelf();
    ClipGrid& grid = page.grid();
    connect(&page, &LibraryPage::searched, &shelf, &ClipShelf::browse);
    connect(&page, &LibraryPage::tagsTyped, this, &LibraryDesk::tag);
    connect(&page, &LibraryPage::collectionTyped, this, &LibraryDesk::collect);
    connect(&page, &LibraryPage::collectionRenamed, this, &LibraryDesk::renameCollection);
    connect(&page, &LibraryPage::collectionRemoved, this, &LibraryDesk::removeCollection);
    connect(&grid, &ClipGrid::collectionRequested, &page, &LibraryPage::askCollection);
    connect(&grid, &ClipGrid::takeOutRequested, this, &LibraryDesk::takeOut);
    connect(&grid, &ClipGrid::framesWanted, &shelf, &ClipShelf::loadMoving);
    connect(&grid, &ClipGrid::ratingRequested, this, &LibraryDesk::rate);
    connect(&grid, &ClipGrid::favouriteRequested, this, &LibraryDesk::favour);
    connect(&grid, &ClipGrid::tagsRequested, this, &LibraryDesk::askTags);
    connect(&grid, &ClipGrid::removeRequested, this, [this](const QList<qlonglong>& ids) {
        takeAway(ids, false);
    });
    connect(&grid, &ClipGrid::binRequested, this, [this](const QList<qlonglong>& ids) {
        takeAway(ids, true);
    });
    connect(&grid, &ClipGrid::chosen, this, [this](qlonglong id) {
        for (const ClipRecord& record : recordsOf({id})) {
            clips_.chooseRecord(record);
            page_->hide(); // it would lie over the stage; the search is still there the next time
            panels_.stage.window()->activateWindow();
        }
    });
    connect(&grid, &ClipGrid::againRequested, this, [this](qlonglong id) {
        for (const ClipRecord& record : recordsOf({id})) {
            emit againWanted(record.recipe);
        }
    });
    connect(&grid, &ClipGrid::showFileRequested, this, [this](qlonglong id) {
        for (const ClipRecord& record : recordsOf({id})) {
            showInFolder(toQString(record.file));
        }
    });
    connect(&grid, &ClipGrid::exportRequested, this, [this](const QList<qlonglong>& ids) {
        emit exportManyWanted(recordsOf(ids));
    });
    connect(&grid, &ClipGrid::deedRequested, this, [this](const QList<qlonglong>& ids, ClipDeed deed) {
        page_->hide(); // what comes of it is seen on the stage
        panels_.stage.window()->activateWindow();
        emit deedWanted(ids, deed);
    });
    connect(&grid, &ClipGrid::copyRequested, this, [this](const QList<qlonglong>& ids) {
        QStringList files;
        for (const ClipRecord& record : recordsOf(ids)) {
            files << toQString(record.file);
        }
        QApplication::clipboard()->setMimeData(fileData(files));
        panels_.toast.say(tr("%1 files copied").arg(files.size()));
    });
}

std::vector<ClipRecord> LibraryDesk::recordsOf(const QList<qlonglong>& ids) const {
    std::vector<ClipRecord> records;
    for (const qlonglong id : ids) {
        if (const auto item = session_.shelf().itemOf(id)) {
            records.push_back(item->record);
        }
    }
    return records;
}

void LibraryDesk::rate(const QList<qlonglong>& ids, int stars) {
    const std::vector<ClipRecord> before = recordsOf(ids);
    ClipShelf& shelf = session_.shelf();
    undo_.run(
        tr("stars"),
        [&shelf, before, stars] {
            for (const ClipRecord& record : before) {
                shelf.setRating(record.id, stars);
            }
        },
        [&shelf, before] {
            for (const ClipRecord& record : before) {
                shelf.setRating(record.id, record.rating);
            }
        }
    );
    undo_.say(stars == 0 ? tr("No stars") : tr("%1 stars").arg(stars));
}

/// All of them, unless all of them are: then none.
void LibraryDesk::favour(const QList<qlonglong>& ids) {
    const std::vector<ClipRecord> before = recordsOf(ids);
    const bool favourite = !std::ranges::all_of(before, &ClipRecord::favourite);
    ClipShelf& shelf = session_.shelf();
    undo_.run(
        favourite ? tr("favourite") : tr("no favourite any more"),
        [&shelf, before, favourite] {
            for (const ClipRecord& record : before) {
                shelf.setFavourite(record.id, favourite);
            }
        },
        [&shelf, before] {
            for (const ClipRecord& record : before) {
                shelf.setFavourite(record.id, record.favourite);
            }
        }
    );
    undo_.say(favourite ? tr("Marked as a favourite") : tr("Not a favourite any more"));
}

void LibraryDesk::askTags(const QList<qlonglong>& ids) {
    const std::vector<ClipRecord> records = recordsOf(ids);
    QStringList tags;
    if (!records.empty()) {
        for (const std::string& tag : records.front().tags) {
            tags << toQString(tag);
        }
    }
    page_->editTags(ids, tags);
}

void LibraryDesk::tag(const QList<qlonglong>& ids, const QStringList& tags) {
    const std::vector<ClipRecord> before = recordsOf(ids);
    std::vector<std::string> words;
    for (const QString& word : tags) {
        words.push_back(toStd(word));
    }
    ClipShelf& shelf = session_.shelf();
    undo_.run(
        tr("tags"),
        [this, &shelf, before, words] {
            for (const ClipRecord& record : before) {
                shelf.setTags(record.id, words);
            }
            refreshChoices();
        },
        [this, &shelf, before] {
            for (const ClipRecord& record : before) {
                shelf.setTags(record.id, record.tags);
            }
            refreshChoices();
        }
    );
    undo_.say(tags.isEmpty() ? tr("No tags") : tr("Tagged: %1").arg(tags.join(QStringLiteral(", "))));
}

/// The clips that were in it before stay when this is undone.
void LibraryDesk::collect(const QList<qlonglong>& ids, const QString& name) {
    const auto there = page_->collectionNamed(name);
    std::vector<std::int64_t> fresh;
    for (const ClipRecord& record : recordsOf(ids)) {
        if (!there || std::ranges::find(record.collections, there->id) == record.collections.end()) {
            fresh.push_back(record.id);
        }
    }
    ClipShelf& shelf = session_.shelf();
    const std::string key = toStd(there ? toQString(there->name) : name);
    undo_.run(
        tr("put into a collection"),
        [&shelf, key, fresh] { shelf.putIntoCollection(key, fresh); },
        [&shelf, key, fresh, is_new = !there] { shelf.takeOutOfCollection(key, fresh, is_new); }
    );
    undo_.say(tr("%1 clips put into %2").arg(fresh.size()).arg(toQString(key)));
}

void LibraryDesk::takeOut(const QList<qlonglong>& ids) {
    const auto from = page_->collection();
    if (!from) {
        return;
    }
    const std::vector<std::int64_t> clips(ids.begin(), ids.end());
    ClipShelf& shelf = session_.shelf();
    undo_.run(
        tr("taken out of a collection"),
        [&shelf, name = from->name, clips] { shelf.takeOutOfCollection(name, clips); },
        [&shelf, name = from->name, clips] { shelf.putIntoCollection(name, clips); }
    );
    undo_.say(tr("%1 clips taken out of %2").arg(clips.size()).arg(toQString(from->name)));
}

void LibraryDesk::renameCollection(const Collection& collection, const QString& name) {
    ClipShelf& shelf = session_.shelf();
    undo_.run(
        tr("collection renamed"),
        [&shelf, id = collection.id, name = toStd(name)] { shelf.renameCollection(id, name); },
        [&shelf, id = collection.id, name = collection.name] { shelf.renameCollection(id, name); }
    );
}

void LibraryDesk::removeCollection(const Collection& collection) {
    ClipShelf& shelf = session_.shelf();
    const auto kept = std::make_shared<std::vector<std::int64_t>>();
    undo_.run(
        tr("collection removed"),
        [&shelf, collection, kept] { shelf.removeCollection(collection, kept); },
        [&shelf, collection, kept] { shelf.restoreCollection(collection, kept); }
    );
    undo_.say(tr("Collection %1 removed. Its clips stay.").arg(toQString(collection.name)));
}

void LibraryDesk::takeAway(const QList<qlonglong>& ids, bool bin) {
    undo_.stack().beginMacro(bin ? tr("files deleted") : tr("clips removed from the library"));
    for (const qlonglong id : ids) {
        bin ? clips_.deleteFile(id) : clips_.remove(id);
    }
    undo_.stack().endMacro();
    undo_.say(
        bin ? tr("%1 files are in the bin").arg(ids.size())
            : tr("%1 clips removed from the library. The files stay.").arg(ids.size())
    );
}

/// What the filters offer.
void LibraryDesk::refreshChoices() {
    session_.shelf().facets([this](const ClipShelf::Facets& facets) {
        if (!page_) {
            return;
        }
        std::vector<std::pair<QString, QString>> models;
        for (const std::string& id : facets.models) {
            const auto known = std::ranges::find(session_.models(), id, &ModelInfo::id);
            models.emplace_back(
                toQString(known == session_.models().end() ? id : known->name), toQString(id)
            );
        }
        page_->setChoices(facets.tags, models, facets.collections);
    });
}

} // namespace rushes::ui
