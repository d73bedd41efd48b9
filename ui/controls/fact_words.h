// A recipe's facts as the window writes them.
#pragma once

#include "generation/recipe_fields.h"

#include <QString>

namespace rushes::ui {

QString factLabel(const RecipeFact& fact); ///< "seed"
QString factWords(const RecipeFact& fact); ///< "1 204 553", "832 × 480", "“a red ball”"

} // namespace rushes::ui
