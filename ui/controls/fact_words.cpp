#include "controls/fact_words.h"

#include "base/error.h"
#include "controls/choices.h"
#include "convert.h"
#include "models/run_inputs.h"

#include <algorithm>
#include <string_view>

#include <QCoreApplication>

namespace rushes::ui {

QString factLabel(const RecipeFact& fact) {
    return QCoreApplication::translate("RecipeField", fact.label);
}

QString factWords(const RecipeFact& fact) {
    const std::string_view key = fact.key;
    const QString text = toQString(fact.words);
    if (key == "prompt" || key == "negative_prompt") {
        return QStringLiteral("“%1”").arg(text.simplified());
    }
    if (key == "seed") {
        return groupedNumber(text.toULongLong());
    }
    return key == "width" ? QString(text).replace(QLatin1Char('x'), QStringLiteral(" × ")) : text;
}

QString inputLabel(const RecipeInput& input, FrameRate rate) {
    return input.role == role_image        ? QCoreApplication::translate("RecipeField", "First picture")
           : input.role == role_last_image ? QCoreApplication::translate("RecipeField", "Last picture")
           : input.role == role_keyframe   ? QCoreApplication::translate("RecipeField", "At %1 s")
                                               .arg(input.frame / std::max(rate.fps(), 0.001), 0, 'f', 1)
                                         : QCoreApplication::translate("RecipeField", "Goes on from");
}

QString inputWords(const RecipeInput& input) {
    const QString name = toQString(std::filesystem::path(input.path).filename());
    if (input.made_by.empty()) {
        return name;
    }
    try {
        const Recipe made = recipe_from_json(input.made_by);
        return QCoreApplication::translate("RecipeField", "%1: “%2”, %3, seed %4")
            .arg(name, toQString(made.prompt).simplified(), toQString(made.model), groupedNumber(made.seed));
    } catch (const Error&) {
        return name; // of a later version
    }
}

} // namespace rushes::ui
