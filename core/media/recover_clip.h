// What a killed encoder left: hidden neighbours of its target, playable up to the last whole frame.
#pragma once

#include <filesystem>
#include <vector>

namespace rushes {

/// Makes clips of the hidden files that nobody writes any more for `target` (TargetFile), and removes those
/// without a frame. A clip gets the target's name (of a GIF its lossless .mkv), nothing is overwritten. A
/// file that is still being written stays. Returns the clips; throws Error{resource} when a name can't be
/// given.
std::vector<std::filesystem::path> recover_clips(const std::filesystem::path& target);

/// True while somebody writes a hidden file for `target`.
bool is_being_written(const std::filesystem::path& target);

/// Removes the hidden files that nobody writes any more.
void remove_unfinished(const std::filesystem::path& target);

} // namespace rushes
