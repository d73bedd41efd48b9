// Frames kept exactly, on the disk: FFV1 in Matroska.
#pragma once

#include "media/stream_writer.h"

namespace rushes {

/// FFV1's 8-bit RGB: B, G, R and an unused byte.
inline constexpr AVPixelFormat lossless_format = AV_PIX_FMT_BGR0;

/// Throws Error{resource} when FFmpeg has no FFV1 or the disk takes nothing.
StreamWriter make_lossless_writer(
    const std::filesystem::path& file,
    int width,
    int height,
    FrameRate rate,
    const ffmpeg::Options& tags,
    ffmpeg::Codec sound = {}
);

} // namespace rushes
