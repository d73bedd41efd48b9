// What the film strip's keys and menus lead to.
#pragma once

#include "desk/desk_panels.h"
#include "library/clip_library.h"

#include <vector>

#include <QList>
#include <QObject>

namespace rushes::ui {

class ClipDesk;
class StudioSession;
class UndoList;

class StripDesk : public QObject {
    Q_OBJECT

public:
    StripDesk(
        StudioSession& session, DeskPanels panels, ClipDesk& clips, UndoList& undo, QObject* parent = nullptr
    );

signals:
    void ratingWanted(qlonglong id, int stars);
    void compareWanted();
    void againWanted(const rushes::Recipe& recipe);
    void variationsWanted(const rushes::Recipe& recipe);
    void exportWanted(); ///< of the clip that comes to the stage
    void exportManyWanted(const std::vector<rushes::ClipRecord>& records);

private:
    void connectSeveral();
    std::vector<ClipRecord> recordsOf(const QList<qlonglong>& ids) const;
    void findFile(const ClipRecord& record);

    StudioSession& session_;
    DeskPanels panels_;
    ClipDesk& clips_;
    UndoList& undo_;
};

} // namespace rushes::ui
