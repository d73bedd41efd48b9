#include "desk/field_words.h"

#include <utility>

#include <QCoreApplication>

namespace rushes::ui {

QString fieldWords(const QString& field) {
    static constexpr std::pair<const char*, const char*> names[] = {
        {"prompt", QT_TRANSLATE_NOOP("FieldWords", "prompt")},
        {"negative", QT_TRANSLATE_NOOP("FieldWords", "negative prompt")},
        {"shape", QT_TRANSLATE_NOOP("FieldWords", "shape")},
        {"duration", QT_TRANSLATE_NOOP("FieldWords", "duration")},
        {"steps", QT_TRANSLATE_NOOP("FieldWords", "steps")},
        {"seed", QT_TRANSLATE_NOOP("FieldWords", "seed")},
        {"guidance", QT_TRANSLATE_NOOP("FieldWords", "guidance")},
        {"scheduler", QT_TRANSLATE_NOOP("FieldWords", "scheduler")},
        {"dtype", QT_TRANSLATE_NOOP("FieldWords", "precision")},
        {"draft", QT_TRANSLATE_NOOP("FieldWords", "draft")},
        {"model", QT_TRANSLATE_NOOP("FieldWords", "model")},
        {"tier", QT_TRANSLATE_NOOP("FieldWords", "speed or quality")},
    };
    for (const auto& [id, words] : names) {
        if (field == QLatin1String(id)) {
            return QCoreApplication::translate("FieldWords", words);
        }
    }
    return field;
}

} // namespace rushes::ui
