// Reads clips back: frames, facts and the recipe inside.
#pragma once

#include "base/frame.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace rushes {

struct ClipFacts {
    int width = 0;
    int height = 0;
    FrameRate rate;
    std::int64_t frames = 0;
    double seconds = 0;
    std::string codec;
};

/// Decodes a clip of any format that Encoder writes (and any that FFmpeg reads). A sequence is named by its
/// pattern (name-%04d.png) and counts as 24 frames a second. Of a file that is still growing it sees the
/// frames that were there when it was opened. One thread at a time.
class ClipReader {
public:
    /// Throws Error{user} for what is no clip.
    explicit ClipReader(const std::filesystem::path& file);
    ~ClipReader();
    ClipReader(ClipReader&&) noexcept;
    ClipReader& operator=(ClipReader&&) noexcept;

    const ClipFacts& facts() const;

    /// The next frame in order, scaled to `max_width` x `max_height` within its aspect when those are not 0;
    /// null at the end.
    FramePtr next(int max_width = 0, int max_height = 0);

    /// Back to the first frame.
    void rewind();

    /// The frame at an index; quick when indices grow.
    FramePtr at(std::int64_t index);

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// The recipe JSON that a clip carries (comment tag first, then the XMP box; PNG text, GIF comment, WebP
/// XMP). Empty when there is none. Throws Error{user} for a file that cannot be read, or is no video or
/// picture.
std::optional<std::string> read_recipe(const std::filesystem::path& file);

} // namespace rushes
