#include "base/atomic_file.h"
#include "base/error.h"
#include "media/bytes.h"
#include "media/clip_reader.h"
#include "media/ffmpeg.h"
#include "media/tags.h"

#include <fstream>
#include <nlohmann/json.hpp>
#include <webp/demux.h>

namespace rushes {
namespace fs = std::filesystem;

namespace {

/// Pictures and short animations are read whole; a larger one is not ours.
constexpr std::size_t largest_picture_file = std::size_t{512} << 20;
constexpr std::uint64_t largest_packet = std::uint64_t{16} << 20;

/// Other programs write comments too ("made with ..."): ours is a JSON object.
bool is_recipe(const std::string& text) {
    return text.starts_with('{') && nlohmann::json::accept(text);
}

std::optional<std::string> only_recipe(std::optional<std::string> text) {
    return text && is_recipe(*text) ? std::move(text) : std::nullopt;
}

std::optional<std::string> in_png(std::string_view file) {
    Bytes bytes(file);
    bytes.take(8);
    while (!bytes.at_end()) {
        const std::uint32_t size = bytes.u32();
        const std::string_view type = bytes.take(4);
        const std::string_view data = bytes.take(size);
        bytes.take(4);
        if (type == "iTXt" && data.starts_with("XML:com.adobe.xmp")) {
            return recipe_in_xmp(data);
        }
    }
    return std::nullopt;
}

std::string sub_blocks(Bytes& bytes) {
    std::string text;
    while (const std::uint8_t size = bytes.u8()) {
        text += bytes.take(size);
    }
    return text;
}

std::size_t colour_table_bytes(std::uint8_t flags) {
    return (flags & 0x80) != 0 ? std::size_t{3} << ((flags & 7) + 1) : 0;
}

/// GIF89a, appendix A: header 6, logical screen descriptor 7, tables, then blocks up to the trailer.
std::optional<std::string> in_gif(std::string_view file) {
    Bytes bytes(file);
    bytes.take(10);
    const std::uint8_t screen_flags = bytes.u8();
    bytes.take(2 + colour_table_bytes(screen_flags));
    while (!bytes.at_end()) {
        const std::uint8_t kind = bytes.u8();
        if (kind == 0x21) {
            const bool comment = bytes.u8() == 0xFE;
            std::string text = sub_blocks(bytes);
            if (comment && bytes.ok() && is_recipe(text)) {
                return text;
            }
        } else if (kind == 0x2C) {
            bytes.take(8);
            const std::uint8_t flags = bytes.u8();
            bytes.take(colour_table_bytes(flags) + 1);
            sub_blocks(bytes);
        } else {
            break;
        }
    }
    return std::nullopt;
}

/// RIFF: chunks of a type, a little-endian size, and data padded to even length.
std::optional<std::string> in_webp(std::string_view file) {
    const WebPData data{reinterpret_cast<const std::uint8_t*>(file.data()), file.size()};
    const std::unique_ptr<WebPDemuxer, decltype(&WebPDemuxDelete)> demuxer(WebPDemux(&data), WebPDemuxDelete);
    WebPChunkIterator chunk{};
    std::optional<std::string> recipe;
    if (demuxer && WebPDemuxGetChunk(demuxer.get(), "XMP ", 1, &chunk) != 0) {
        recipe = recipe_in_xmp({reinterpret_cast<const char*>(chunk.chunk.bytes), chunk.chunk.size});
    }
    WebPDemuxReleaseChunkIterator(&chunk);
    return recipe;
}

std::optional<std::string> in_xmp_boxes(const fs::path& path) {
    for (const Box& box : top_level_boxes(path)) {
        if (box.uuid != xmp_box_uuid || box.size > largest_packet) {
            continue;
        }
        std::string packet(static_cast<std::size_t>(box.size - box.header), '\0');
        std::ifstream file(path, std::ios::binary);
        file.seekg(static_cast<std::streamoff>(box.offset + box.header));
        file.read(packet.data(), static_cast<std::streamsize>(packet.size()));
        if (auto recipe = recipe_in_xmp(packet)) {
            return recipe;
        }
    }
    return std::nullopt;
}

/// Text files have readers, too: what holds no picture is no clip.
bool has_picture(const ffmpeg::Input& input) {
    return input && av_find_best_stream(input.get(), AVMEDIA_TYPE_VIDEO, -1, -1, nullptr, 0) >= 0;
}

std::string first_bytes(const fs::path& path) {
    std::string start(12, '\0');
    std::error_code error;
    std::ifstream file;
    if (fs::is_regular_file(path, error)) { // opening a pipe would wait for its writer
        file.open(path, std::ios::binary);
    }
    file.read(start.data(), static_cast<std::streamsize>(start.size()));
    start.resize(static_cast<std::size_t>(file.gcount()));
    if (start.empty()) {
        throw Error(
            ErrorKind::user,
            "Cannot read '" + path.string() + "': there is no such file, or it is empty or not readable."
        );
    }
    return start;
}

} // namespace

std::optional<std::string> read_recipe(const fs::path& path) {
    const std::string start = first_bytes(path);
    if (start.starts_with("\x89PNG")) {
        return only_recipe(in_png(read_file(path, largest_picture_file)));
    }
    if (start.starts_with("\xFF\xD8\xFF")) {
        return only_recipe(recipe_in_xmp(xmp_segment_of(read_file(path, largest_picture_file))));
    }
    if (start.starts_with("GIF8")) {
        return only_recipe(in_gif(read_file(path, largest_picture_file)));
    }
    if (start.starts_with("RIFF") && start.ends_with("WEBP")) {
        return only_recipe(in_webp(read_file(path, largest_picture_file)));
    }
    const ffmpeg::Input input = ffmpeg::open_input(path);
    if (auto recipe = only_recipe(input ? ffmpeg::tag(input->metadata, "comment") : std::string())) {
        return recipe;
    }
    auto recipe = only_recipe(in_xmp_boxes(path));
    if (!recipe && !has_picture(input)) {
        throw Error(
            ErrorKind::user,
            "'" + path.string() + "' is not a video or picture that can be read.",
            "It may be damaged or incomplete."
        );
    }
    return recipe;
}

} // namespace rushes
