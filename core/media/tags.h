// The recipe inside a file, and the mark that a machine made the picture.
//
// Carriers: MP4 `comment` (moov/udta/meta/ilst) and a top-level `uuid` box with an XMP packet (Adobe, XMP
// Specification Part 3, "Embedding XMP metadata in application files", MPEG-4); Matroska COMMENT; PNG iTXt
// "XML:com.adobe.xmp"; JPEG segment APP1; AVIF the box as in MP4; WebP chunk "XMP "; GIF comment extension
// (GIF89a, section 24). The mark is IPTC's DigitalSourceType.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rushes {

/// An XMP packet that holds the recipe, its prompt as dc:description, and the mark. Control characters that
/// XML cannot hold do not occur in JSON text.
std::string xmp_packet(const std::string& recipe_json);

/// The recipe of a packet that xmp_packet() made (or that an editor passed through); empty when there is
/// none.
std::optional<std::string> recipe_in_xmp(std::string_view xmp);

/// One top-level box of an ISO base media file (ISO/IEC 14496-12, 4.2).
struct Box {
    std::string type;         ///< four characters
    std::uint64_t offset = 0; ///< of the box in the file
    std::uint64_t header = 0; ///< bytes before the content (8, 16, or 16 more for uuid)
    std::uint64_t size = 0;   ///< of the box with its header
    std::string uuid;         ///< 16 bytes, for type "uuid"
};

/// The top-level boxes that lie wholly inside the file, in order; ends at the first that does not. Never
/// throws for content, whatever it is. At most 65536 boxes are listed.
std::vector<Box> top_level_boxes(const std::filesystem::path& file);

/// A uuid box with an XMP packet, for the end of a file of boxes.
std::string xmp_box(std::string_view packet);

/// A JPEG file's bytes with the packet as a segment APP1 in front of its tables (Adobe, XMP Specification
/// Part 3, "JPEG"); as they are when it does not fit.
std::string with_xmp_segment(std::string_view jpeg, std::string_view packet);

/// A segment has 65533 bytes.
bool fits_xmp_segment(std::string_view packet);

/// The XMP packet of a JPEG's bytes; empty: none.
std::string_view xmp_segment_of(std::string_view jpeg);

/// Appends a uuid box with an XMP packet. Throws Error{resource}.
void append_xmp_box(const std::filesystem::path& mp4, std::string_view packet);

/// A PNG file's bytes with an iTXt chunk of XMP after its IHDR.
std::string with_xmp_chunk(std::string_view png, std::string_view packet);

/// Puts a comment extension before the trailer of a GIF file. Throws Error{resource}.
void append_gif_comment(const std::filesystem::path& gif, std::string_view text);

} // namespace rushes
