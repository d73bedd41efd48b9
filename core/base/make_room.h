// A folder of things that can be made again, held within a number of bytes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>

namespace rushes {

/// What an entry of the folder takes; nothing: it is none of ours and stays.
using BytesOfEntry = std::function<std::optional<std::uint64_t>(const std::filesystem::path& entry)>;

/// Of the entries of `folder` those that were not touched for the longest go, folders with all that is in
/// them, until what stays is `most_bytes` at most. Never throws: other programs may make room at the same
/// time.
void make_room(const std::filesystem::path& folder, std::uint64_t most_bytes, const BytesOfEntry& bytes_of);

} // namespace rushes
