// A file from outside: a video, and what it says about how it was made.
#pragma once

#include "library/clip_library.h"

#include <filesystem>
#include <optional>

namespace rushes::ui {

struct DroppedFile {
    std::optional<Recipe> recipe;   ///< empty: a video that says nothing about its making
    std::optional<ClipRecord> clip; ///< empty for a recipe as JSON; its id is -1: it is not in the library
};

/// Reads the disk: not on the UI thread. Throws Error for what is neither a video nor a recipe.
DroppedFile readDropped(const std::filesystem::path& file);

} // namespace rushes::ui
