// Files told apart by their content, quickly: for finding a clip that was moved or renamed.
#pragma once

#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

namespace rushes {

/// "SIZE:SHA-256" of the first, the middle and the last 64 KiB: the same for copies of a file, another one
/// for any two clips that differ in a frame (an MP4 keeps sizes and places of all frames in its index). Empty
/// when the file cannot be read.
std::string content_key(const std::filesystem::path& file);

/// A file with this content below the folders, the nearest first; empty when there is none. Looks at no more
/// than `most_files` of them; links are not followed.
std::filesystem::path find_by_content(
    const std::string& key,
    const std::vector<std::filesystem::path>& folders,
    std::size_t most_files,
    std::stop_token stop = {}
);

} // namespace rushes
