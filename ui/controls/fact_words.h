// A recipe's facts as the window writes them.
#pragma once

#include "generation/recipe_fields.h"

#include <QString>

namespace rushes::ui {

QString factLabel(const RecipeFact& fact); ///< "seed"
QString factWords(const RecipeFact& fact); ///< "1 204 553", "832 × 480", "“a red ball”"

/// Other prompts and guidance on the way: "“a star” from 1.5 s, “a ring” and guidance 5 from step 11"; empty:
/// none.
QString changesWords(const Recipe& recipe);
QString lorasWords(const Recipe& recipe); ///< "style.safetensors 0.8"; empty: none

QString inputLabel(const RecipeInput& input, FrameRate rate); ///< "First picture", "At 1.2 s"
/// "fox.png", of one that this program made: "fox.png: “a fox”, sd-turbo, seed 1 204 553".
QString inputWords(const RecipeInput& input);

} // namespace rushes::ui
