// One idea with other values: every combination of two lists.
#pragma once

#include "generation/recipe.h"

#include <array>
#include <functional>
#include <string>
#include <vector>

namespace rushes {

/// One value of a recipe (recipe_fields.h), and what it takes in turn.
struct GridAxis {
    std::string key; ///< empty: there is no such axis
    std::vector<std::string> values;
};

/// What may be an axis: what a person compares.
inline constexpr std::array grid_keys{
    "seed", "steps", "guidance_scale", "scheduler", "motion_scale", "model"
};

inline constexpr std::size_t most_grid_recipes = 36;

/// "3, 5, 7.5"; of whole numbers "1-4" as well.
std::vector<std::string> listed_values(const std::string& text);

/// Row by row. `with_model`: the recipe for another model, whose own values then follow. Throws Error{user}
/// for a value that is none, an axis without values or given twice, and for more than most_grid_recipes.
std::vector<Recipe> recipe_grid(
    const Recipe& base,
    const GridAxis& rows,
    const GridAxis& columns,
    const std::function<Recipe(const Recipe&, const std::string& model)>& with_model
);

} // namespace rushes
