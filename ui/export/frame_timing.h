// Which frames of a clip make a file of another frame rate.
#pragma once

#include "base/frame.h"

#include <cstdint>
#include <functional>

namespace rushes::ui {

/// Frames that a clip of `frames` at `from` has at `to`: the same length, rounded, at least one. A rate of 0
/// keeps the clip's own.
std::int64_t framesAt(std::int64_t frames, FrameRate from, FrameRate to);

/// Frame `index` of the new rate. Repeated frames: the one that is on the screen at that moment; blended: its
/// neighbours in time, mixed by their distance. `source` gives the clip's frames by index (null: unreadable,
/// which is handed on).
FramePtr frameAt(
    std::int64_t index,
    std::int64_t frames,
    FrameRate from,
    FrameRate to,
    bool blend,
    const std::function<FramePtr(std::int64_t)>& source
);

} // namespace rushes::ui
