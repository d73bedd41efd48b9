// A clip of the film strip.
#pragma once

#include "library/clip_library.h"

#include <vector>

#include <QImage>
#include <QString>

namespace rushes::ui {

struct ClipItem {
    ClipRecord record; ///< id 0: the one being made now
    bool running = false;
    QImage thumbnail;
    std::vector<QImage> moving; ///< small frames for hover play; empty: not loaded
    bool missing = false;       ///< its file is gone
};

/// "5.0 s", "stopped 2.1 s", "now"
QString clipLabel(const ClipItem& item);

} // namespace rushes::ui
