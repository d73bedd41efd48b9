#include "media/picture_header.h"

#include "media/bytes.h"

#include <algorithm>

namespace rushes {

namespace {

/// Numbers of a TIFF in its own byte order; 0 where the file has no such place.
class Tiff {
public:
    explicit Tiff(std::string_view bytes) : bytes_(bytes), little_(bytes.starts_with("II")) {}

    std::uint32_t number(std::uint64_t offset, std::size_t size) const {
        if (offset > bytes_.size() || size > bytes_.size() - offset) {
            return 0;
        }
        std::uint32_t value = 0;
        for (std::size_t i = 0; i < size; ++i) {
            const std::size_t at = static_cast<std::size_t>(offset) + (little_ ? size - 1 - i : i);
            value = value << 8 | static_cast<std::uint8_t>(bytes_[at]);
        }
        return value;
    }

private:
    std::string_view bytes_;
    bool little_;
};

/// The first directory's entry 0x0112 (TIFF 6.0, section 2): 12 bytes each, tag, type, count, value.
Turn turn_in_exif(std::string_view exif) {
    if (exif.starts_with(std::string_view("Exif\0\0", 6))) {
        exif.remove_prefix(6);
    }
    if (!exif.starts_with("II") && !exif.starts_with("MM")) {
        return {};
    }
    constexpr std::uint32_t orientation = 0x0112;
    constexpr std::uint32_t short_type = 3;
    const Tiff tiff(exif);
    const std::uint64_t directory = tiff.number(4, 4);
    const std::uint32_t entries = tiff.number(directory, 2);
    for (std::uint32_t i = 0; i < entries; ++i) {
        const std::uint64_t entry = directory + 2 + std::uint64_t{12} * i;
        if (entry >= exif.size()) {
            break;
        }
        if (tiff.number(entry, 2) == orientation && tiff.number(entry + 2, 2) == short_type) {
            return exif_turn(static_cast<int>(tiff.number(entry + 8, 2)));
        }
    }
    return {};
}

/// PNG: after 8 bytes, chunks of size, type, data, checksum. eXIf stands before or after the pixels.
void read_png_chunks(std::string_view file, PictureHeader& header) {
    Bytes bytes(file);
    bytes.take(8);
    while (!bytes.at_end()) {
        const std::uint32_t size = bytes.u32();
        const std::string_view type = bytes.take(4);
        Bytes data(bytes.take(size));
        bytes.take(4);
        if (type == "IHDR") {
            header.width = data.u32();
            header.height = data.u32();
        } else if (type == "eXIf") {
            header.turn = turn_in_exif(data.take(size));
        }
    }
}

/// JPEG: markers FF xx with a big-endian size that counts itself, up to the first scan (ITU-T T.81, annex B).
void read_jpeg_markers(std::string_view file, PictureHeader& header) {
    Bytes bytes(file);
    bytes.take(2);
    while (!bytes.at_end()) {
        std::uint8_t marker = bytes.u8();
        while (marker == 0xFF && !bytes.at_end()) {
            marker = bytes.u8();
        }
        constexpr std::uint8_t start_of_scan = 0xDA;
        if (marker == start_of_scan || marker == 0xD9) {
            break;
        }
        const std::uint32_t high = bytes.u8();
        const std::uint32_t size = high << 8 | bytes.u8();
        const std::string_view segment = bytes.take(size < 2 ? 0 : size - 2);
        const bool frame_header =
            marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
        if (frame_header && segment.size() >= 5) {
            Bytes frame(segment.substr(1));
            const std::uint32_t size_of_both = frame.u32();
            header.height = size_of_both >> 16;
            header.width = size_of_both & 0xFFFF;
        } else if (marker == 0xE1 && segment.starts_with("Exif")) {
            header.turn = turn_in_exif(segment);
        }
    }
}

std::uint32_t little_endian(std::string_view bytes, std::size_t at, std::size_t size) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < size && at + i < bytes.size(); ++i) {
        value |= static_cast<std::uint32_t>(static_cast<std::uint8_t>(bytes[at + i])) << (8 * i);
    }
    return value;
}

/// WebP: RIFF chunks (RFC 9649, section 2).
void read_webp_chunks(std::string_view file, PictureHeader& header) {
    std::size_t at = 12;
    while (at + 8 <= file.size()) {
        const std::string_view type = file.substr(at, 4);
        const std::uint64_t size = little_endian(file, at + 4, 4);
        const std::string_view data = file.substr(at + 8, static_cast<std::size_t>(size));
        if (type == "VP8X") {
            header.width = little_endian(data, 4, 3) + 1;
            header.height = little_endian(data, 7, 3) + 1;
        } else if (type == "VP8 " && header.width == 0) {
            header.width = little_endian(data, 6, 2) & 0x3FFF;
            header.height = little_endian(data, 8, 2) & 0x3FFF;
        } else if (type == "VP8L" && header.width == 0) {
            const std::uint32_t both = little_endian(data, 1, 4);
            header.width = (both & 0x3FFF) + 1;
            header.height = (both >> 14 & 0x3FFF) + 1;
        } else if (type == "EXIF") {
            header.turn = turn_in_exif(data);
        }
        at += 8 + static_cast<std::size_t>(size + (size & 1));
    }
}

/// The properties of a picture in an ISO container (ISO/IEC 23008-12, 6.5): their boxes lie in
/// meta/iprp/ipco. irot turns by quarters against the clock, imir reflects at the vertical (0) or horizontal
/// (1) axis.
void read_properties(std::string_view boxes, PictureHeader& header, int depth) {
    Bytes bytes(boxes);
    while (!bytes.at_end()) {
        const std::uint32_t size = bytes.u32();
        const std::string_view type = bytes.take(4);
        if (size < 8) {
            break;
        }
        const std::string_view data = bytes.take(size - 8);
        if (type == "meta" && data.size() > 4 && depth < 4) {
            read_properties(data.substr(4), header, depth + 1);
            header.tiled = data.find("grid") != std::string_view::npos;
        } else if ((type == "iprp" || type == "ipco") && depth < 4) {
            read_properties(data, header, depth + 1);
        } else if (type == "ispe" && data.size() >= 12) {
            Bytes sides(data.substr(4));
            const std::int64_t width = sides.u32();
            const std::int64_t height = sides.u32();
            // Tiles and thumbnails have sizes, too: the picture's is the largest.
            if (width * height > header.width * header.height) {
                header.width = width;
                header.height = height;
            }
        } else if (type == "irot" && !data.empty()) {
            constexpr std::array<int, 4> orientations{1, 8, 3, 6};
            header.turn = exif_turn(orientations[static_cast<std::uint8_t>(data[0]) & 3]) * header.turn;
        } else if (type == "imir" && !data.empty()) {
            header.turn = exif_turn((static_cast<std::uint8_t>(data[0]) & 1) == 0 ? 2 : 4) * header.turn;
        }
    }
}

PictureKind kind_of(std::string_view file) {
    if (file.starts_with("\x89PNG\r\n\x1A\n")) {
        return PictureKind::png;
    }
    if (file.starts_with("\xFF\xD8\xFF")) {
        return PictureKind::jpeg;
    }
    if (file.size() < 16) {
        return PictureKind::unknown;
    }
    if (file.starts_with("RIFF") && file.substr(8, 4) == "WEBP") {
        return PictureKind::webp;
    }
    if (file.substr(4, 4) != "ftyp") {
        return PictureKind::unknown;
    }
    const std::string_view brand = file.substr(8, 4);
    return brand == "avif" || brand == "avis" ? PictureKind::avif
           : brand == "heic" || brand == "heix" || brand == "mif1" || brand == "heim" || brand == "heis"
               ? PictureKind::heic
               : PictureKind::unknown;
}

} // namespace

Turn exif_turn(int orientation) {
    constexpr std::array<Turn, 9> turns{{
        {},
        {},
        {.a = -1, .b = 0, .c = 0, .d = 1},
        {.a = -1, .b = 0, .c = 0, .d = -1},
        {.a = 1, .b = 0, .c = 0, .d = -1},
        {.a = 0, .b = 1, .c = 1, .d = 0},
        {.a = 0, .b = 1, .c = -1, .d = 0},
        {.a = 0, .b = -1, .c = -1, .d = 0},
        {.a = 0, .b = -1, .c = 1, .d = 0},
    }};
    return orientation >= 1 && orientation <= 8 ? turns[static_cast<std::size_t>(orientation)] : Turn{};
}

Turn operator*(const Turn& outer, const Turn& inner) {
    return {
        .a = outer.a * inner.a + outer.c * inner.b,
        .b = outer.b * inner.a + outer.d * inner.b,
        .c = outer.a * inner.c + outer.c * inner.d,
        .d = outer.b * inner.c + outer.d * inner.d,
    };
}

PictureHeader read_picture_header(std::string_view file) {
    PictureHeader header{.kind = kind_of(file)};
    switch (header.kind) {
    case PictureKind::png:
        read_png_chunks(file, header);
        break;
    case PictureKind::jpeg:
        read_jpeg_markers(file, header);
        break;
    case PictureKind::webp:
        read_webp_chunks(file, header);
        break;
    case PictureKind::avif:
    case PictureKind::heic:
        read_properties(file, header, 0);
        break;
    case PictureKind::unknown:
        break;
    }
    return header;
}

} // namespace rushes
