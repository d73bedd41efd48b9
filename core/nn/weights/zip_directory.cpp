#include "nn/weights/zip_directory.h"

#include "base/error.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <string_view>

namespace rushes {

namespace {

constexpr std::uint32_t local_mark = 0x04034B50;
constexpr std::uint32_t central_mark = 0x02014B50;
constexpr std::uint32_t end_mark = 0x06054B50;
constexpr std::uint32_t end64_mark = 0x06064B50;
constexpr std::uint32_t locator64_mark = 0x07064B50;
constexpr std::uint64_t end_bytes = 22;
constexpr std::uint64_t locator64_bytes = 20;
constexpr std::uint64_t longest_comment = 0xFFFF;
constexpr std::uint32_t in_zip64 = 0xFFFFFFFF; ///< the number stands in the extra field
constexpr std::uint16_t zip64_extra = 1;
constexpr std::uint16_t encrypted = 1;
constexpr std::uint64_t most_entries = 1'000'000;

[[noreturn]] void refuse(const std::string& what, const std::string& problem) {
    throw Error(
        ErrorKind::user,
        what + " is not a sound PyTorch file: " + problem + ".",
        "Download or convert the file again."
    );
}

/// Little-endian numbers at places that may not exist.
class Bytes {
public:
    Bytes(std::span<const std::byte> bytes, const std::string& what) : bytes_(bytes), what_(what) {}

    std::span<const std::byte> part(std::uint64_t offset, std::uint64_t count) const {
        if (offset > bytes_.size() || count > bytes_.size() - offset) {
            refuse(what_, "its archive is damaged (truncated?)");
        }
        return bytes_.subspan(offset, count);
    }

    template <typename T>
    T at(std::uint64_t offset) const {
        T value{};
        std::memcpy(&value, part(offset, sizeof(T)).data(), sizeof(T));
        return value;
    }

    std::uint64_t size() const { return bytes_.size(); }

private:
    std::span<const std::byte> bytes_;
    const std::string& what_;
};

struct Directory {
    std::uint64_t offset = 0;
    std::uint64_t entries = 0;
};

std::optional<std::uint64_t> find_end(const Bytes& bytes) {
    if (bytes.size() < end_bytes) {
        return std::nullopt;
    }
    const std::uint64_t last = bytes.size() - end_bytes;
    const std::uint64_t first = last > longest_comment ? last - longest_comment : 0;
    for (std::uint64_t at = last + 1; at-- > first;) {
        if (bytes.at<std::uint32_t>(at) == end_mark) {
            return at;
        }
    }
    return std::nullopt;
}

Directory find_directory(const Bytes& bytes, const std::string& what) {
    const std::optional<std::uint64_t> end = find_end(bytes);
    if (!end) {
        refuse(what, "its archive has no end (truncated?)");
    }
    if (*end >= locator64_bytes && bytes.at<std::uint32_t>(*end - locator64_bytes) == locator64_mark) {
        const auto at = bytes.at<std::uint64_t>(*end - locator64_bytes + 8);
        if (bytes.at<std::uint32_t>(at) != end64_mark) {
            refuse(what, "its archive is damaged (truncated?)");
        }
        return {.offset = bytes.at<std::uint64_t>(at + 48), .entries = bytes.at<std::uint64_t>(at + 32)};
    }
    return {.offset = bytes.at<std::uint32_t>(*end + 16), .entries = bytes.at<std::uint16_t>(*end + 10)};
}

struct CentralEntry {
    std::string name;
    std::uint64_t stored = 0; ///< bytes in the archive
    std::uint64_t bytes = 0;
    std::uint64_t local = 0; ///< offset of the local header
    std::uint64_t next = 0;
};

/// Sizes and offset that 32 bits do not hold, in this order and only those.
void read_zip64(const Bytes& bytes, std::uint64_t at, std::uint64_t count, CentralEntry& entry) {
    const std::uint64_t end = at + count;
    while (at + 4 <= end) {
        const auto id = bytes.at<std::uint16_t>(at);
        const auto size = bytes.at<std::uint16_t>(at + 2);
        at += 4;
        if (id == zip64_extra) {
            for (std::uint64_t* field : {&entry.bytes, &entry.stored, &entry.local}) {
                if (*field == in_zip64) {
                    *field = bytes.at<std::uint64_t>(at);
                    at += 8;
                }
            }
            return;
        }
        at += size;
    }
}

CentralEntry read_entry(const Bytes& bytes, std::uint64_t at, const std::string& what) {
    if (bytes.at<std::uint32_t>(at) != central_mark) {
        refuse(what, "its archive is damaged (truncated?)");
    }
    const auto name_bytes = bytes.at<std::uint16_t>(at + 28);
    const auto extra_bytes = bytes.at<std::uint16_t>(at + 30);
    const auto comment_bytes = bytes.at<std::uint16_t>(at + 32);
    const auto name = bytes.part(at + 46, name_bytes);
    CentralEntry entry{
        .name = {reinterpret_cast<const char*>(name.data()), name.size()},
        .stored = bytes.at<std::uint32_t>(at + 20),
        .bytes = bytes.at<std::uint32_t>(at + 24),
        .local = bytes.at<std::uint32_t>(at + 42),
        .next = at + 46 + name_bytes + extra_bytes + comment_bytes,
    };
    read_zip64(bytes, at + 46 + name_bytes, extra_bytes, entry);
    const auto flags = bytes.at<std::uint16_t>(at + 8);
    const auto method = bytes.at<std::uint16_t>(at + 10);
    if (method != 0 || (flags & encrypted) != 0 || entry.stored != entry.bytes) {
        refuse(what, "'" + entry.name + "' in it is compressed or encrypted");
    }
    return entry;
}

} // namespace

std::map<std::string, ZipEntry>
read_zip_directory(std::span<const std::byte> archive, const std::string& what) {
    const Bytes bytes(archive, what);
    const Directory directory = find_directory(bytes, what);
    if (directory.entries > most_entries) {
        refuse(what, "it claims " + std::to_string(directory.entries) + " entries");
    }
    std::map<std::string, ZipEntry> entries;
    std::uint64_t at = directory.offset;
    for (std::uint64_t i = 0; i < directory.entries; ++i) {
        const CentralEntry entry = read_entry(bytes, at, what);
        if (bytes.at<std::uint32_t>(entry.local) != local_mark) {
            refuse(what, "its archive is damaged (truncated?)");
        }
        const std::uint64_t data = entry.local + 30 + bytes.at<std::uint16_t>(entry.local + 26) +
                                   bytes.at<std::uint16_t>(entry.local + 28);
        bytes.part(data, entry.bytes);
        if (!entries.emplace(entry.name, ZipEntry{.offset = data, .bytes = entry.bytes}).second) {
            refuse(what, "'" + entry.name + "' is in it twice");
        }
        at = entry.next;
    }
    return entries;
}

} // namespace rushes
