// A recipe from whatever carries one.
#pragma once

#include "generation/recipe.h"

#include <filesystem>

namespace rushes {

/// From a JSON file or a clip; of a clip that carries none, from the clip of the library that looks like it
/// (a note says so). Throws Error{user} when the file cannot be read, carries none, or carries a newer one.
Recipe read_any_recipe(const std::filesystem::path& file);

/// The JSON text itself, checked.
std::string read_any_recipe_json(const std::filesystem::path& file);

} // namespace rushes
