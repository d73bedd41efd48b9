// Two clips in numbers: how alike they are, and how still each of them stands.
#pragma once

#include "media/clip_reader.h"
#include "media/quality.h"

#include <functional>
#include <stop_token>
#include <vector>

namespace rushes {

struct ClipComparison {
    std::int64_t frames = 0;        ///< that were compared: those of the shorter clip
    double psnr = 0;                ///< dB, of all frames together; infinite for equal clips
    double ssim = 0;                ///< mean
    std::vector<double> frame_ssim; ///< of each frame
    double least_ssim = 1;
    std::int64_t least_frame = 0; ///< where it is
    int largest_difference = 0;   ///< of any colour of any pixel, in levels of 255
    int width = 0;                ///< at which they were compared: of the smaller clip
    int height = 0;
    bool scaled = false; ///< the other one had another size
    Flicker first;
    Flicker second;
};

/// Reads both from their first frame on; memory grows by one figure a frame. `done` is told 0..1 after each
/// frame. Of two sizes of one shape the larger pictures are brought to the smaller size first. Throws
/// Error{user} for clips of different shapes, or without a frame in common; Stopped.
ClipComparison compare_clips(
    ClipReader& first,
    ClipReader& second,
    const std::function<void(double share)>& done = {},
    const std::stop_token& stop = {}
);

} // namespace rushes
