// The sizes and lengths that a model was trained for, and how its latents lie in time. No libtorch here.
#pragma once

#include <vector>

namespace rushes {

struct PictureSize {
    int width = 0; ///< pixels
    int height = 0;
    bool operator==(const PictureSize&) const = default;
};

/// Frames of the clip, in time order.
struct FrameRange {
    int first = 0; ///< index in the clip
    int count = 0;
    bool operator==(const FrameRange&) const = default;
};

/// A clip has stride * k + 1 frames: the first latent frame stands for one of them, each later one for
/// `frame_stride`. With a stride of 1 every frame has a latent frame of its own and any length will do; a
/// model of stills has max_frames = 1.
struct Lattice {
    int size_multiple = 16; ///< width and height are multiples of this
    int frame_stride = 4;
    int max_frames = 0;                  ///< 0: no limit (rolling window)
    std::vector<PictureSize> sizes = {}; ///< that it was trained for; the first is the default
    bool free_size = false;              ///< other sizes on the lattice are fine too

    /// Both sides are whole multiples.
    bool holds(PictureSize size) const;

    /// A side of 0 follows from the other one and the shape of the default size; both 0: that size. `sizes`
    /// is not empty.
    PictureSize completed(PictureSize wanted) const;

    /// Completed, the nearest size on the lattice; of `sizes` unless free_size.
    PictureSize nearest_size(PictureSize wanted) const;

    /// The nearest size to a shape, width over height, with about the pixels of the default one.
    PictureSize size_of_shape(double shape) const;

    bool of_stills() const { return max_frames == 1; }

    bool holds_frames(int frames) const;

    /// The nearest length on the lattice, not beyond max_frames.
    int nearest_frames(int wanted) const;

    int latent_frames(int frames) const; ///< of a clip on the lattice
    int frames(int latent_frames) const; ///< of a clip with so many latent frames; none for none

    /// What the latent frame with this index, from 0, stands for.
    FrameRange frames_of(int latent) const;
};

/// The multiple nearest to value, and at least one.
int nearest_multiple(int value, int multiple);

} // namespace rushes
