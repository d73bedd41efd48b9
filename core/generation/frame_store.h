// The clip's frames so far. The stage reads from it at its own pace, so that a paused or slow window never
// holds up generation or encoding. Limited in bytes: older frames are read back from the file being written.
#pragma once

#include "base/frame.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>

namespace rushes {

class FrameStore {
public:
    using ReadBack = std::function<FramePtr(std::int64_t index)>;

    explicit FrameStore(std::size_t max_bytes, ReadBack read_back = {});

    /// Where dropped frames are read from now on: known once the file has been begun, and again when it was
    /// renamed.
    void read_back_from(ReadBack read_back);

    /// Adds the next frame (index == size()). Called from the engine's side; never waits for readers.
    void add(FramePtr frame);

    /// Frames that exist: 0..size()-1.
    std::int64_t size() const;

    /// The frame, or null when it does not exist, or was dropped and cannot be read back. May read a file
    /// when the frame was dropped: call from the UI thread only through try_get().
    FramePtr get(std::int64_t index);

    /// As get(), but only what is in memory: never waits on a file.
    FramePtr try_get(std::int64_t index) const;

private:
    mutable std::mutex mutex_;
    std::map<std::int64_t, FramePtr> frames_;
    std::size_t bytes_ = 0;
    std::int64_t size_ = 0;
    const std::size_t max_bytes_;
    ReadBack read_back_;
};

} // namespace rushes
