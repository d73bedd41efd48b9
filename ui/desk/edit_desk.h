// Clips made of clips: trimmed, going round, joined; and the last frame of one as the first picture of the
// next. The work is done on a thread of its own; the originals stay.
#pragma once

#include "desk/desk_panels.h"
#include "library/clip_deeds.h"
#include "library/clip_library.h"
#include "media/clip_edit.h"
#include "work/task_thread.h"

#include <memory>
#include <vector>

#include <QList>
#include <QObject>

namespace rushes::ui {

class ClipDesk;
class InputDesk;
class StudioSession;

class EditDesk : public QObject {
    Q_OBJECT

public:
    EditDesk(
        StudioSession& session,
        DeskPanels panels,
        ClipDesk& clips,
        InputDesk& inputs,
        QObject* parent = nullptr
    );
    ~EditDesk() override;

    // Of the clip on the stage, or the part of it that is marked.
    void trim();
    void loop(Loop loop);
    void takeLastFrame();
    /// Those that are chosen in the strip.
    void join();
    void run(const QList<qlonglong>& ids, ClipDeed deed);

private:
    std::vector<ClipRecord> recordsOf(QList<qlonglong> ids) const;
    void joinAll(const std::vector<ClipRecord>& records);
    void takeLastFrameOf(const ClipRecord& record);
    void start(const ClipEdit& edit);
    void tellProgress(const QString& name, int percent, const std::shared_ptr<std::stop_source>& stop);
    void keep(const ClipRecord& record, int fitted);

    StudioSession& session_;
    DeskPanels panels_;
    ClipDesk& clips_;
    InputDesk& inputs_;
    QString told_;      ///< what was said last of the progress
    TaskThread thread_; ///< last: ends first
};

} // namespace rushes::ui
