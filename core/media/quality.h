// How good a clip is, in numbers, by the definitions that papers quote. Frames are RGB, 8 bits a channel; all
// functions throw Error{user} when frames that are compared differ in size.
#pragma once

#include "base/frame.h"

#include <span>

namespace rushes {

/// Peak signal to noise ratio in dB: 10 log10(255^2 / mean squared error over all pixels and channels).
/// Infinite for equal frames.
double psnr(const Frame& a, const Frame& b);

/// Of a whole clip: from the mean squared error over all frames, so that one equal frame doesn't make it
/// infinite.
double psnr(std::span<const Frame> a, std::span<const Frame> b);

/// Structural similarity (Wang, Bovik, Sheikh, Simoncelli 2004), 1 for equal frames: Gaussian window of 11x11
/// with sigma 1.5, K1 = 0.01, K2 = 0.03, L = 255; mean over the three channels and all places where the
/// window lies inside the frame, as scikit-image computes it with gaussian_weights and without sample
/// covariance. Throws Error{user} below 11x11.
double ssim(const Frame& a, const Frame& b);

/// Mean of the frames' values.
double ssim(std::span<const Frame> a, std::span<const Frame> b);

struct Flicker {
    double mean = 0; ///< levels (0..255) by which pixels of static regions change from frame to frame
    double static_share =
        0; ///< of all blocks that were looked at, 0..1: a small share makes `mean` weak evidence
};

/// Change that nothing in the picture explains: the mean absolute difference between consecutive frames over
/// regions that stand still. Such a region is a block of 8x8 pixels whose mean differs by less than 2 levels
/// in each channel: movement shifts the mean, noise and boiling texture don't. (A pulse of the whole
/// picture's brightness counts as movement.) Zeros for less than two frames; rests of blocks at the right and
/// lower edge are left out.
Flicker flicker(std::span<const Frame> clip);

/// The same for frames that come one by one.
class FlickerMeter {
public:
    void add(FramePtr frame);
    Flicker value() const;

private:
    friend Flicker flicker(std::span<const Frame> clip);
    void add_change(const Frame& before, const Frame& after);

    FramePtr last_;
    double change_ = 0; ///< levels, summed over the values of blocks that stand still
    double still_ = 0;  ///< blocks
    double blocks_ = 0;
};

} // namespace rushes
