// What a setting is called in messages.
#pragma once

#include <QString>

namespace rushes::ui {

/// Of RecipeEdit::field.
QString fieldWords(const QString& field);

} // namespace rushes::ui
