#include "session/clip_names.h"

#include "base/paths.h"
#include "convert.h"

#include <QDateTime>

namespace rushes::ui {

QString clipName(const QString& pattern, const Recipe& recipe) {
    const QDateTime now = QDateTime::currentDateTime();
    const std::pair<const char*, QString> parts[] = {
        {"{time}", now.toString(QStringLiteral("yyyyMMdd-HHmmss"))},
        {"{date}", now.toString(QStringLiteral("yyyy-MM-dd"))},
        {"{prompt}", toQString(file_slug(recipe.prompt))},
        {"{seed}", QString::number(recipe.seed)},
        {"{model}", toQString(file_slug(recipe.model))},
    };
    QString name = pattern.trimmed();
    for (const auto& [mark, value] : parts) {
        name.replace(QLatin1String(mark), value);
    }
    name.replace(QLatin1Char('/'), QLatin1Char('-'));
    while (name.startsWith(QLatin1Char('.'))) {
        name.remove(0, 1); // a hidden file would look like a lost one
    }
    return name.isEmpty() ? QStringLiteral("clip") : name;
}

} // namespace rushes::ui
