// The files within a zip archive that are stored as they are (PKWARE's APPNOTE.TXT 6.3, sections 4.3
// and 4.5.3). No libtorch.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>

namespace rushes {

/// Where the bytes of a file are in the archive.
struct ZipEntry {
    std::uint64_t offset = 0;
    std::uint64_t bytes = 0;
};

/// By name. `what` is the archive's name for people. All entries lie within it. Throws Error{user}: no
/// archive, a truncated one, compressed or encrypted files (PyTorch writes none), two of one name.
std::map<std::string, ZipEntry>
read_zip_directory(std::span<const std::byte> archive, const std::string& what);

} // namespace rushes
