// The queue and the button that fills it: what a press leads to now, and undo for what was taken out.
#pragma once

#include "desk/desk_panels.h"

#include <QObject>

namespace rushes::ui {

class StudioSession;
class UndoList;

class QueueDesk : public QObject {
    Q_OBJECT

public:
    QueueDesk(StudioSession& session, DeskPanels panels, UndoList& undo, QObject* parent = nullptr);

    /// A clip was added to a queue that stands still.
    void sayPaused();
    void showState();

private:
    StudioSession& session_;
    DeskPanels panels_;
    UndoList& undo_;
};

} // namespace rushes::ui
