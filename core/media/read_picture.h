// Pictures as inputs of a model: upright, RGB, eight bits, whatever the file holds.
#pragma once

#include "base/frame.h"

#include <filesystem>
#include <vector>

namespace rushes {

/// Longest side and most pixels that are read.
inline constexpr int most_picture_side = 16'384;
inline constexpr std::int64_t most_picture_pixels = std::int64_t{1} << 27;

/// A still picture (PNG, JPEG, WebP, AVIF and what else this machine's FFmpeg reads), or the first frame of a
/// clip. Turned as its orientation (EXIF, or the container's) says. Transparent places lie on black. Throws
/// Error{user}: no such file, no picture, one that is too large (before it is decoded).
Frame read_picture(const std::filesystem::path& file);

/// The last `count` frames of a clip in time order, fewer of a shorter one; the same for a still picture,
/// which is one frame. Throws as read_picture().
std::vector<Frame> read_last_frames(const std::filesystem::path& file, std::size_t count);

} // namespace rushes
