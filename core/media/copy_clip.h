// The packets of a clip in a new file, nothing encoded again: to complete it, or to give it another recipe.
#pragma once

#include "base/frame.h"

#include <filesystem>
#include <string>

namespace rushes {

enum class Container {
    mp4, ///< index first, the recipe as comment and as XMP
    mkv, ///< the recipe as comment
};

/// Pictures and sound of `from` in the file `to`, which is replaced; `recipe_json` (empty: none) in place of
/// what `from` carries. Throws Error{resource} for a full disk, Error{bug} when `from` can't be read.
void copy_clip(
    const std::filesystem::path& from,
    const std::filesystem::path& to,
    Container container,
    FrameRate rate,
    const std::string& recipe_json
);

/// Gives a finished .mp4 or .mkv another recipe; the file is replaced when its copy is whole. Throws as
/// copy_clip() does, and Error{user} for what is no clip of these formats.
void put_recipe(const std::filesystem::path& clip, const std::string& recipe_json);

} // namespace rushes
