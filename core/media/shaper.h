// Brings the model's frames to the shape of the file.
#pragma once

#include "media/colour.h"
#include "media/encoder.h"

namespace rushes {

/// Where a scaled picture lies: `source` is cut out, scaled to `scaled_*` and put at (x, y), which may be
/// outside.
struct Placement {
    int source_x = 0;
    int source_y = 0;
    int source_width = 0;
    int source_height = 0;
    int scaled_width = 0;
    int scaled_height = 0;
    int x = 0;
    int y = 0;
};

/// Shapes that differ by at most 3 %: what is padded or blurred elsewhere is cut for them.
bool nearly_same_shape(int from_width, int from_height, int to_width, int to_height);

/// The whole picture as large as it fits, centred. All results are even.
Placement fit_inside(int from_width, int from_height, int to_width, int to_height);

/// The largest centred part that fills the target; overhang of less than a source pixel is cut by the copy.
Placement fill_outside(int from_width, int from_height, int to_width, int to_height);

/// One clip's frames into one picture, drawn again and again. A file with 4:2:0 chroma has even sides: an odd
/// native side grows by one pixel that repeats the edge (nothing is resampled), an odd asked side is rounded
/// up.
class Shaper {
public:
    Shaper(int from_width, int from_height, int to_width, int to_height, Fit fit, AVPixelFormat format);

    int width() const { return target_->width; }

    int height() const { return target_->height; }

    /// The picture that the file gets; valid until the next call.
    AVFrame& draw(const Frame& frame);

private:
    void draw_background();

    ffmpeg::Picture source_;
    ffmpeg::Picture target_;
    Placement placement_;
    bool direct_ = true;     ///< scaled straight into the target
    ffmpeg::Picture scaled_; ///< null when direct
    ffmpeg::Picture small_;  ///< the blurred background, before it is enlarged; null without
    Placement background_;
    Converter to_target_;
    Converter to_small_{Filter::area};
    Converter enlarge_{Filter::bilinear};
};

} // namespace rushes
