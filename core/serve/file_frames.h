// Frames of a finished file, for viewers who come later.
#pragma once

#include "base/error.h"
#include "media/clip_reader.h"

#include <filesystem>
#include <mutex>

namespace rushes::serve {

/// Safe from any thread that may wait for the disk.
class FileFrames {
public:
    /// Throws Error: no clip, or damaged.
    explicit FileFrames(const std::filesystem::path& file) : reader_(file) {}

    std::int64_t frames() const { return reader_.facts().frames; }

    /// Null for one that can't be read (any more): the viewer goes on without it.
    FramePtr operator()(std::int64_t index) {
        const std::lock_guard lock(mutex_);
        try {
            return reader_.at(index);
        } catch (const Error&) {
            return nullptr;
        }
    }

private:
    std::mutex mutex_;
    ClipReader reader_;
};

} // namespace rushes::serve
