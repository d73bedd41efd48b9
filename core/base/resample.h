// Resampling by the numbers of Pillow (python-pillow/Pillow, src/libImaging/Resample.c), which the reference
// implementations prepare their pictures with: same filters, same fixed-point weights, same rounding, equal
// bytes.
#pragma once

#include "base/frame.h"

namespace rushes {

/// Keys' cubic with a = -1/2 over two pixels, or a sinc windowed by a sinc over three. For smaller pictures
/// the filter widens, so that every pixel counts.
enum class Kernel { bicubic, lanczos };

/// Columns and rows one after the other, each rounded to whole levels; which of them first, as Pillow 13 does
/// it: the columns, unless that would make much more to do of the rows. Throws Error{user} for a size below 1
/// x 1.
Frame resample(const Frame& frame, int width, int height, Kernel kernel);

/// Where the part that is kept lies within what is over, from left to right and from top to bottom.
struct CropPosition {
    double x = 0.5; ///< 0 left, 1 right
    double y = 0.5; ///< 0 top, 1 bottom

    bool operator==(const CropPosition&) const = default;
};

/// Fills width x height without distortion: Lanczos to the size that covers it, then what is over is cut, as
/// VaeImageProcessor's resize_mode "crop" does (huggingface/diffusers, image_processor.py).
Frame crop_to(const Frame& frame, int width, int height, CropPosition position = {});

} // namespace rushes
