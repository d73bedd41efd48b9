// Files told apart by their content, quickly: for finding a clip that was moved or renamed.
#pragma once

#include <filesystem>
#include <map>
#include <stop_token>
#include <string>
#include <vector>

namespace rushes {

/// "SIZE:SHA-256" of the first, the middle and the last 64 KiB: the same for copies of a file, another one
/// for any two clips that differ in a frame (an MP4 keeps sizes and places of all frames in its index). Empty
/// when the file cannot be read.
std::string content_key(const std::filesystem::path& file);

/// Files with these contents below the folders, the nearest folder first. Looks at no more than `most_files`
/// of them; links are not followed, hidden folders left out.
std::map<std::string, std::filesystem::path> find_by_content(
    const std::vector<std::string>& keys,
    const std::vector<std::filesystem::path>& folders,
    std::size_t most_files,
    std::stop_token stop = {}
);

} // namespace rushes
