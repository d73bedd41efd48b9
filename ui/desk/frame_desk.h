// How a frame or a clip leaves the window: clipboard, PNG, a drag, another program.
#pragma once

#include "desk/desk_panels.h"

#include <QObject>

namespace rushes::ui {

class ClipDesk;
class StudioSession;

class FrameDesk : public QObject {
    Q_OBJECT

public:
    FrameDesk(StudioSession& session, DeskPanels panels, const ClipDesk& clips, QObject* parent = nullptr);

    void copyFrame();
    /// As a PNG beside the clips, with the recipe inside.
    void saveFrame();
    void copyFile();
    void openElsewhere();
    /// The clip's file, under the mouse.
    void dragFile();

private:
    StudioSession& session_;
    DeskPanels panels_;
    const ClipDesk& clips_;
};

} // namespace rushes::ui
