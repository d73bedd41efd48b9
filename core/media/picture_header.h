// What the first bytes of a picture file say before anything is decoded: size, and how the camera was held.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace rushes {

/// Where a pixel of the stored picture is shown, as a whole number matrix: x' = a x + c y, y' = b x + d y,
/// moved so that the picture begins at 0, 0 again. One of eight: turns and reflections.
struct Turn {
    int a = 1;
    int b = 0;
    int c = 0;
    int d = 1;

    bool operator==(const Turn&) const = default;
};

/// The eight values of the tag Orientation (TIFF 6.0, section 8; Exif 2.32, 4.6.4 A); any other number
/// changes nothing.
Turn exif_turn(int orientation);

/// `outer` after `inner`.
Turn operator*(const Turn& outer, const Turn& inner);

enum class PictureKind { unknown, png, jpeg, webp, avif, heic };

struct PictureHeader {
    PictureKind kind = PictureKind::unknown;
    std::int64_t width = 0; ///< 0: not found
    std::int64_t height = 0;
    Turn turn = {};
    bool tiled = false; ///< AVIF, HEIC: pieced together from several coded pictures
};

/// Reads a file's bytes; never throws, whatever they are. A damaged file has the fields that were found.
PictureHeader read_picture_header(std::string_view file);

} // namespace rushes
