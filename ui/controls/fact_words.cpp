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

QString changesWords(const Recipe& recipe) {
    const auto quoted = [](const std::string& text) {
        return QStringLiteral("“%1”").arg(toQString(text).simplified());
    };
    QStringList parts;
    for (const PromptChange& change : recipe.prompt_changes) {
        const double seconds = change.frame / std::max(recipe.frame_rate.fps(), 0.001);
        parts << QCoreApplication::translate("RecipeField", "%1 from %2 s")
                     .arg(quoted(change.prompt), QString::number(seconds, 'f', 1));
    }
    for (const StepChange& change : recipe.step_changes) {
        QStringList values;
        if (!change.prompt.empty()) {
            values << quoted(change.prompt);
        }
        if (change.guidance_scale >= 0) {
            values << QCoreApplication::translate("RecipeField", "guidance %1").arg(change.guidance_scale);
        }
        parts << QCoreApplication::translate("RecipeField", "%1 from step %2")
                     .arg(values.join(QLatin1Char(' ')), QString::number(change.after_steps + 1));
    }
    return parts.join(QStringLiteral(", "));
}

QString lorasWords(const Recipe& recipe) {
    QStringList parts;
    for (const RecipeLora& lora : recipe.loras) {
        parts << QStringLiteral("%1 %2")
                     .arg(toQString(std::filesystem::path(lora.path).filename()))
                     .arg(lora.strength);
    }
    return parts.join(QStringLiteral(", "));
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
