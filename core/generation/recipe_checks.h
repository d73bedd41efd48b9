// What of a recipe no snapping can mend: texts, files, and what a model does not do.
#pragma once

#include "generation/recipe.h"
#include "models/model_info.h"

namespace rushes {

/// Throws Error{user} for a prompt that is no text, or too long.
void check_prompts(const Recipe& recipe);

/// Inputs, LoRAs and changes on the way, of a recipe that was snapped. Throws Error{user} with what is wrong
/// and what to do.
void check_values(const Recipe& recipe, const ModelInfo& model);

} // namespace rushes
