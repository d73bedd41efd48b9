// Amounts of memory and of room on a disk, for people.
#pragma once

#include <cstdint>
#include <string>

namespace rushes {

/// "320 MB", "1.4 GB"; decimal units.
inline std::string bytes_in_words(std::uint64_t bytes) {
    const std::uint64_t megabytes = (bytes + 500'000) / 1'000'000;
    if (megabytes < 1000) {
        return std::to_string(megabytes) + " MB";
    }
    const std::uint64_t tenths = (bytes + 50'000'000) / 100'000'000;
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " GB";
}

} // namespace rushes
