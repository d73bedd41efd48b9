// Whole files, read and written at once.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace rushes {

/// The file's bytes. Throws Error{user} when it cannot be read or is larger than `max_bytes`.
std::string read_file(const std::filesystem::path& path, std::size_t max_bytes = std::size_t{64} << 20);

/// Writes beside the target and renames when whole: readers see the old file or the new one. Makes missing
/// folders. Throws Error{resource} with the file's name and the system's reason.
void write_file(const std::filesystem::path& path, std::string_view bytes);

} // namespace rushes
