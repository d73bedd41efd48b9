#include "desk/field_words.h"

#include "generation/recipe_fields.h"

#include <utility>

#include <QCoreApplication>

namespace rushes::ui {

QString fieldWords(const QString& field) {
    static constexpr std::pair<const char*, const char*> controls[] = {
        {"shape", QT_TRANSLATE_NOOP("FieldWords", "shape")},
        {"duration", QT_TRANSLATE_NOOP("FieldWords", "duration")},
        {"inputs", QT_TRANSLATE_NOOP("FieldWords", "pictures")},
        {"prompt_changes", QT_TRANSLATE_NOOP("FieldWords", "prompts that take over")},
        {"step_changes", QT_TRANSLATE_NOOP("FieldWords", "changes at a step")},
        {"loras", QT_TRANSLATE_NOOP("FieldWords", "LoRAs")},
        {"tier", QT_TRANSLATE_NOOP("FieldWords", "speed or quality")},
    };
    for (const auto& [id, words] : controls) {
        if (field == QLatin1String(id)) {
            return QCoreApplication::translate("FieldWords", words);
        }
    }
    return QCoreApplication::translate("RecipeField", recipe_field(field.toStdString()).label);
}

} // namespace rushes::ui
