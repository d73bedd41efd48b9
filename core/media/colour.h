// Pixels from one size and format to another with the colour matrix, range and chroma position that the
// pictures' tags name. Ours are BT.709 (ITU-R BT.709-6, sections 3.2 and 3.5): Y' = 0.2126 R' + 0.7152 G' +
// 0.0722 B', limited range 16..235 / 16..240, chroma sited left.
#pragma once

#include "media/ffmpeg.h"

namespace rushes {

/// How sizes change. swscale's Lanczos has three lobes: sharp, but it rings visibly when one pixel becomes
/// twelve.
enum class Filter {
    automatic, ///< area for smaller, Lanczos up to twice the size, Mitchell-Netravali beyond
    bilinear,
    area,
    lanczos,
    mitchell,
};

/// Converts pictures of one shape and tags to another. Remembers its tables: keep it for a whole clip.
class Converter {
public:
    explicit Converter(Filter filter = Filter::automatic) : filter_(filter) {}

    /// Fills `to`, which has its size, format and tags. Alpha is dropped.
    /// Throws Error{user} for a pixel format that cannot be converted.
    void run(const AVFrame& from, AVFrame& to);

private:
    struct Shape {
        int width = 0;
        int height = 0;
        int format = -1;
        int matrix = -1;
        int range = -1;
        int chroma = -1;
        bool operator==(const Shape&) const = default;
    };

    static Shape shape(const AVFrame& picture);
    void prepare(const Shape& from, const Shape& to);

    Filter filter_;
    Shape from_;
    Shape to_;
    ffmpeg::Swscale scaler_;
};

/// An aligned RGB24 copy (swscale's fast paths read past the end of a row), enlarged to the right and below
/// by repeating the last column and row where `width` and `height` are larger than the frame.
void copy_rgb(const Frame& frame, AVFrame& to);

/// Rows without padding, from an RGB24 picture.
Frame to_frame(const AVFrame& picture, std::int64_t index);

} // namespace rushes
