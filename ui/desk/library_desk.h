// What the page of all clips leads to.
#pragma once

#include "desk/desk_panels.h"
#include "library/clip_deeds.h"
#include "library/clip_item.h"

#include <vector>

#include <QList>
#include <QObject>
#include <QPointer>

namespace rushes::ui {

class ClipDesk;
class LibraryPage;
class StudioSession;
class UndoList;

class LibraryDesk : public QObject {
    Q_OBJECT

public:
    LibraryDesk(
        StudioSession& session, DeskPanels panels, ClipDesk& clips, UndoList& undo, QObject* parent = nullptr
    );

    void rate(const QList<qlonglong>& ids, int stars);
    /// The page, in front.
    void open();
    void setCalm(bool calm);

signals:
    void againWanted(const rushes::Recipe& recipe);
    void deedWanted(const QList<qlonglong>& ids, rushes::ui::ClipDeed deed);
    void exportManyWanted(const std::vector<rushes::ClipRecord>& records);

private:
    void connectPage(LibraryPage& page);
    void favour(const QList<qlonglong>& ids);
    void askTags(const QList<qlonglong>& ids);
    void tag(const QList<qlonglong>& ids, const QStringList& tags);
    void collect(const QList<qlonglong>& ids, const QString& name);
    void takeOut(const QList<qlonglong>& ids);
    void renameCollection(const Collection& collection, const QString& name);
    void removeCollection(const Collection& collection);
    void takeAway(const QList<qlonglong>& ids, bool bin);
    void refreshChoices();
    std::vector<ClipRecord> recordsOf(const QList<qlonglong>& ids) const;

    StudioSession& session_;
    DeskPanels panels_;
    ClipDesk& clips_;
    UndoList& undo_;
    QPointer<LibraryPage> page_; ///< the window's child
    bool calm_ = false;
};

} // namespace rushes::ui
