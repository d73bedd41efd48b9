// Names of new clips, by a pattern that the person chooses.
#pragma once

#include "generation/recipe.h"

#include <QString>

namespace rushes::ui {

/// `pattern` with {time} (20260331-235959), {date}, {prompt}, {seed} and {model} filled in, fit for a file's
/// name and never empty; without a suffix.
QString clipName(const QString& pattern, const Recipe& recipe);

} // namespace rushes::ui
