// A recipe from whatever carries one.
#pragma once

#include "generation/recipe.h"

#include <filesystem>

namespace rushes {

/// From a JSON file or a clip. Throws Error{user} when the file cannot be read, carries none, or carries a
/// newer one.
Recipe read_any_recipe(const std::filesystem::path& file);

/// The JSON text itself, checked.
std::string read_any_recipe_json(const std::filesystem::path& file);

} // namespace rushes
