// A clip that lies on the disk, as the library would know it.
#pragma once

#include "library/clip_library.h"

#include <filesystem>
#include <optional>

namespace rushes {

/// From the file's own facts and the recipe inside; its id is -1: it is in no library yet. Throws Error{user}
/// for what is no clip or carries no recipe.
ClipRecord record_of_file(const std::filesystem::path& file);

/// What any video looks like; empty for what cannot be read.
std::optional<ClipLook> look_of_file(const std::filesystem::path& file);

} // namespace rushes
