// What would make a clip fit, one click each: for the note above the Generate button and for the card of a
// clip that failed.
#pragma once

#include "controls/levers.h"

#include <vector>

namespace rushes::ui {

class RecipePanel;
class StudioSession;

/// Best first: the nearest settings that the memory holds, one setting smaller each, another installed model
/// with which the clip fits as it is. Empty when nothing helps.
std::vector<RecipeLever>
leversFor(const Recipe& recipe, const RecipePanel& panel, const StudioSession& session);

} // namespace rushes::ui
