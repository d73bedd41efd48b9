#include "library/clip_deeds.h"

#include <QCoreApplication>
#include <QMenu>

namespace rushes::ui {

void addDeeds(QMenu& menu, int clips, const std::function<void(ClipDeed)>& run) {
    const auto add = [&](const char* name, const QString& text, ClipDeed deed) {
        menu.addAction(text, &menu, [run, deed] { run(deed); })->setObjectName(QLatin1String(name));
    };
    if (clips == 1) {
        add("deed-loop-fade",
            QCoreApplication::translate("ClipDeeds", "Loop it: fade the end into the start"),
            ClipDeed::loop_fade);
        add("deed-loop-back",
            QCoreApplication::translate("ClipDeeds", "Loop it: forwards and backwards"),
            ClipDeed::loop_back);
        add("deed-last-frame",
            QCoreApplication::translate("ClipDeeds", "Begin the next clip with its last frame"),
            ClipDeed::last_frame);
    } else {
        add("deed-join",
            QCoreApplication::translate("ClipDeeds", "Join %1 clips, the oldest first").arg(clips),
            ClipDeed::join);
    }
}

} // namespace rushes::ui
