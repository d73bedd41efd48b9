#include "controls/fact_words.h"

#include "controls/choices.h"
#include "convert.h"

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

} // namespace rushes::ui
