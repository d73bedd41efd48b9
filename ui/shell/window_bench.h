// rushes bench ui, second part: how late the events of the whole window come while it is used.
#pragma once

#include "work/watched_application.h"

#include <vector>

#include <QString>

namespace rushes::ui {

struct WindowLateness {
    QString doing;                    ///< "generating"
    double worst_ms = 0;              ///< of a 5 ms timer
    double late_percent = 0;          ///< of its events, later than a frame of a 60 Hz screen
    WatchedApplication::Slow slowest; ///< what held it up most
};

/// Opens the studio in a folder of its own and makes a clip with the built-in model, plays it in full screen
/// and opens it as a file from outside. Empty when there is no engine or model.
std::vector<WindowLateness> measureWindow();

} // namespace rushes::ui
