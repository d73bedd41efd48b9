#include "media/tags.h"

#include "base/error.h"
#include "media/bytes.h"

#include <array>
#include <fstream>
#include <nlohmann/json.hpp>

extern "C" {
#include <libavutil/crc.h>
}

namespace rushes {
namespace fs = std::filesystem;

namespace {

/// In front of a packet in a JPEG's segment.
constexpr std::string_view xmp_mark{"http://ns.adobe.com/xap/1.0/\0", 29};

constexpr std::string_view recipe_open = "<rushes:recipe>";
constexpr std::string_view recipe_close = "</rushes:recipe>";
constexpr std::string_view recipe_attribute = "rushes:recipe=\"";

struct Entity {
    std::string_view text;
    char character;
};

constexpr std::array entities{
    Entity{"&lt;", '<'},
    Entity{"&gt;", '>'},
    Entity{"&quot;", '"'},
    Entity{"&apos;", '\''},
    Entity{"&amp;", '&'},
};

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const auto* entity =
            std::find_if(entities.begin(), entities.end(), [&](const Entity& e) { return e.character == c; });
        if (entity != entities.end()) {
            out += entity->text;
        } else if (static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t') {
            out += c;
        }
    }
    return out;
}

std::string unescaped(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const auto* entity = std::find_if(entities.begin(), entities.end(), [&](const Entity& e) {
            return text.starts_with(e.text);
        });
        const bool found = entity != entities.end();
        out += found ? entity->character : text.front();
        text.remove_prefix(found ? entity->text.size() : 1);
    }
    return out;
}

std::optional<std::string_view>
between(std::string_view text, std::string_view open, std::string_view close) {
    const auto start = text.find(open);
    if (start == std::string_view::npos) {
        return std::nullopt;
    }
    text.remove_prefix(start + open.size());
    const auto end = text.find(close);
    return end == std::string_view::npos ? std::nullopt : std::optional(text.substr(0, end));
}

std::string prompt_of(const std::string& recipe_json) {
    const auto recipe = nlohmann::json::parse(recipe_json, nullptr, false);
    const bool has_prompt = recipe.is_object() && recipe.contains("prompt") && recipe["prompt"].is_string();
    return has_prompt ? recipe["prompt"].get<std::string>() : std::string();
}

void check_written(std::ostream& file, const fs::path& path) {
    file.flush();
    if (!file) {
        throw Error(
            ErrorKind::resource,
            "The recipe could not be written into '" + path.string() + "'.",
            "Free some space or choose a folder on another disk.",
            Lever::other_folder
        );
    }
}

} // namespace

std::string xmp_packet(const std::string& recipe_json) {
    std::string xmp = "<?xpacket begin=\"\xEF\xBB\xBF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n"
                      "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\n"
                      "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n"
                      "<rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\""
                      " xmlns:Iptc4xmpExt=\"http://iptc.org/std/Iptc4xmpExt/2008-02-29/\""
                      " xmlns:rushes=\"urn:rushes:recipe:1.0/\">\n"
                      "<Iptc4xmpExt:DigitalSourceType>"
                      "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
                      "</Iptc4xmpExt:DigitalSourceType>\n";
    if (const std::string prompt = prompt_of(recipe_json); !prompt.empty()) {
        xmp += "<dc:description><rdf:Alt><rdf:li xml:lang=\"x-default\">" + escaped(prompt) +
               "</rdf:li></rdf:Alt></dc:description>\n";
    }
    xmp += std::string(recipe_open) + escaped(recipe_json) + std::string(recipe_close) +
           "\n</rdf:Description>\n</rdf:RDF>\n</x:xmpmeta>\n<?xpacket end=\"w\"?>";
    return xmp;
}

std::optional<std::string> recipe_in_xmp(std::string_view xmp) {
    auto text = between(xmp, recipe_open, recipe_close);
    if (!text) {
        text = between(xmp, recipe_attribute, "\""); // editors may turn a short element into an attribute
    }
    return text ? std::optional(unescaped(*text)) : std::nullopt;
}

std::vector<Box> top_level_boxes(const fs::path& path) {
    std::vector<Box> boxes;
    std::error_code error;
    const std::uint64_t end = fs::file_size(path, error);
    std::ifstream file(path, std::ios::binary);
    if (error || !file) {
        return boxes;
    }
    constexpr std::size_t most_boxes = 65'536;
    std::uint64_t offset = 0;
    while (boxes.size() < most_boxes && offset < end) {
        // size, type, largesize, uuid: 8 + 8 + 16 bytes at most
        std::array<char, 32> head{};
        file.clear();
        file.seekg(static_cast<std::streamoff>(offset));
        file.read(head.data(), head.size());
        Bytes bytes({head.data(), static_cast<std::size_t>(file.gcount())});
        Box box;
        box.offset = offset;
        box.size = bytes.u32();
        box.type = bytes.take(4);
        if (box.size == 1) {
            box.size = bytes.u64();
        } else if (box.size == 0) {
            box.size = end - offset; // to the end of the file
        }
        if (box.type == "uuid") {
            box.uuid = bytes.take(16);
        }
        box.header = bytes.position();
        if (!bytes.ok() || box.size < box.header || box.size > end - offset) {
            break;
        }
        offset += box.size;
        boxes.push_back(std::move(box));
    }
    return boxes;
}

std::string xmp_box(std::string_view packet) {
    std::string box = big_endian32(static_cast<std::uint32_t>(24 + packet.size())) + "uuid";
    return box.append(xmp_box_uuid).append(packet);
}

void append_xmp_box(const fs::path& mp4, std::string_view packet) {
    std::ofstream file(mp4, std::ios::binary | std::ios::app);
    file << xmp_box(packet);
    check_written(file, mp4);
}

bool fits_xmp_segment(std::string_view packet) {
    constexpr std::size_t longest = 65'533; // its length counts itself, in two bytes
    return xmp_mark.size() + packet.size() <= longest;
}

std::string with_xmp_segment(std::string_view jpeg, std::string_view packet) {
    if (!fits_xmp_segment(packet)) {
        return std::string(jpeg);
    }
    const std::size_t size = xmp_mark.size() + packet.size();
    // JFIF wants to be the first segment.
    std::size_t place = 2;
    Bytes bytes(jpeg);
    if (bytes.take(4) == "\xFF\xD8\xFF\xE0") {
        place = 4 + bytes.u16();
    }
    std::string out(jpeg.substr(0, place));
    out += "\xFF\xE1";
    out += big_endian32(static_cast<std::uint32_t>(size + 2)).substr(2);
    out.append(xmp_mark).append(packet).append(jpeg.substr(place));
    return out;
}

std::string_view xmp_segment_of(std::string_view jpeg) {
    Bytes bytes(jpeg);
    bytes.take(2);
    while (!bytes.at_end() && bytes.u8() == 0xFF) {
        const std::uint8_t kind = bytes.u8();
        const std::uint16_t size = bytes.u16();
        constexpr std::uint8_t scan = 0xDA;
        if (kind == scan || size < 2) {
            break;
        }
        const std::string_view data = bytes.take(size - 2U);
        if (kind == 0xE1 && data.starts_with(xmp_mark)) {
            return data.substr(xmp_mark.size());
        }
    }
    return {};
}

std::string with_xmp_chunk(std::string_view png, std::string_view packet) {
    // signature 8, IHDR 4 + 4 + 13 + 4
    constexpr std::size_t after_header = 33;
    std::string chunk = "iTXt";
    chunk += std::string_view(
        "XML:com.adobe.xmp\0\0\0\0\0", 22
    ); // keyword, not compressed, no language, no translation
    chunk += packet;
    // PNG's CRC is the reflected one of ISO 3309, with all bits set before and inverted after (PNG
    // specification, 5.5).
    const std::uint32_t crc = ~av_crc(
        av_crc_get_table(AV_CRC_32_IEEE_LE),
        0xFFFFFFFFU,
        reinterpret_cast<const std::uint8_t*>(chunk.data()),
        chunk.size()
    );
    std::string out(png.substr(0, after_header));
    out += big_endian32(static_cast<std::uint32_t>(chunk.size() - 4));
    out += chunk;
    out += big_endian32(crc);
    out += png.substr(std::min(after_header, png.size()));
    return out;
}

void append_gif_comment(const fs::path& gif, std::string_view text) {
    constexpr char trailer = 0x3B;
    std::fstream file(gif, std::ios::binary | std::ios::in | std::ios::out);
    file.seekg(-1, std::ios::end);
    if (file.get() != trailer) {
        throw Error(ErrorKind::bug, "'" + gif.string() + "' does not end as a GIF file does.");
    }
    file.seekp(-1, std::ios::end);
    file << "\x21\xFE";
    while (!text.empty()) {
        const std::string_view block = text.substr(0, 255);
        file.put(static_cast<char>(block.size()));
        file << block;
        text.remove_prefix(block.size());
    }
    file.put(0);
    file.put(trailer);
    check_written(file, gif);
}

} // namespace rushes
