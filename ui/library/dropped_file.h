// A file from outside: what it says about how a clip was made.
#pragma once

#include "library/clip_library.h"

#include <filesystem>
#include <optional>

namespace rushes::ui {

struct DroppedFile {
    Recipe recipe;
    std::optional<ClipRecord> clip; ///< empty for a recipe as JSON; its id is -1: it is not in the library
};

/// Reads the disk: not on the UI thread. Throws Error for a file without a recipe.
DroppedFile readDropped(const std::filesystem::path& file);

} // namespace rushes::ui
