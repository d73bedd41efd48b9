// A clip of the film strip or of the page of all clips.
#pragma once

#include "library/clip_library.h"

#include <vector>

#include <QImage>
#include <QString>
#include <QVariant>

namespace rushes::ui {

struct ClipItem {
    ClipRecord record; ///< id 0: the one being made now
    bool running = false;
    QImage thumbnail;
    std::vector<QImage> moving; ///< small frames for hover play; empty: not loaded
    bool missing = false;       ///< its file is gone
};

/// A list of them, as views draw it.
class ClipItems {
public:
    virtual ~ClipItems() = default;
    virtual const ClipItem& item(int row) const = 0;
};

/// What an item model says of a clip; `Role` of clip_strip_model.h besides Qt's own.
QVariant clipData(const ClipItem& clip, int role);

/// "5.0 s", "stopped 2.1 s", "now"
QString clipLabel(const ClipItem& item);

} // namespace rushes::ui
