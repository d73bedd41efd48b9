// How a recipe is brought to what a model can make: one place for the planner, which refuses what can't be
// mended, and for the controls, which show the nearest that can.
#pragma once

#include "generation/recipe.h"
#include "models/model_info.h"

#include <string>
#include <vector>

namespace rushes {

struct Snapped {
    Recipe recipe;                    ///< no default left open, every number on the lattice
    std::vector<std::string> changes; ///< why a number was changed, one sentence each
};

/// Completes the values of a recipe and brings them to the model's lattice. Throws Error{user} for a value
/// that can't be mended: out of range, longer than the model can make, an unknown scheduler.
Snapped snap(const Recipe& recipe, const ModelInfo& model);

/// What snap() would refuse becomes the nearest value that can be made, or the model's own. Says nothing of
/// texts and files. A model without sizes leaves the recipe as it is.
Recipe mended(Recipe recipe, const ModelInfo& model);

} // namespace rushes
