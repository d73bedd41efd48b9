#include "session/settings.h"

#include "convert.h"

#include <system_error>

#include <QSettings>
#include <QStringList>

namespace rushes::ui {

namespace {

struct Row {
    const char* key;
    QVariant fallback;
};

Row rowOf(Setting setting) {
    switch (setting) {
    case Setting::scheme:
        return {"view/scheme", QStringLiteral("system")};
    case Setting::geometry:
        return {"view/geometry", QByteArray()};
    case Setting::layout:
        return {"view/layout", QByteArray()};
    case Setting::recipe:
        return {"panel/recipe", QString()};
    case Setting::new_seed:
        return {"panel/new_seed_each_time", true};
    case Setting::history:
        return {"panel/history", QStringList()};
    case Setting::advanced_open:
        return {"panel/advanced_open", false};
    case Setting::looping:
        return {"stage/looping", true};
    case Setting::export_preset:
        return {"export/preset", QString()};
    case Setting::export_format:
        return {"export/format", 0};
    case Setting::export_fit:
        return {"export/fit", 2};
    case Setting::stop_known:
        return {"run/stop_known", false};
    case Setting::shortcuts:
        return {"keys/changed", QStringList()};
    case Setting::videos:
        return {"clips/folder", QString()};
    case Setting::models_known:
        return {"models/known", false};
    case Setting::language:
        return {"view/language", QString()}; // the system's
    case Setting::name_template:
        return {"clips/name", QStringLiteral("{time}-{prompt}-{seed}")};
    case Setting::device:
        return {"engine/device", QStringLiteral("auto")};
    case Setting::notify:
        return {"done/notify", false};
    case Setting::done_sound:
        return {"done/sound", false};
    case Setting::when_done:
        return {"done/action", QStringLiteral("nothing")};
    case Setting::when_done_command:
        return {"done/command", QString()};
    case Setting::calm:
        return {"view/reduced_motion", false};
    case Setting::idle_look:
        return {"engine/look_while_writing", false};
    case Setting::guides:
        return {"stage/guides", false};
    case Setting::compare_mode:
        return {"stage/compare", QStringLiteral("divider")};
    case Setting::high_contrast:
        return {"view/high_contrast", false};
    case Setting::memory_share:
        return {"engine/memory_percent", 100};
    case Setting::time_unit:
        return {"stage/time_unit", QStringLiteral("seconds")};
    case Setting::web_pages:
        return {"network/web_pages", false};
    case Setting::tips_seen:
        return {"start/tips_seen", 0};
    case Setting::crash_told:
        return {"start/crash_told", QString()};
    case Setting::serve_on:
        return {"network/serve", false};
    case Setting::serve_port:
        return {"network/serve_port", 8800};
    case Setting::price_per_hour:
        return {"network/price_per_hour", 0.0};
    }
    return {"", {}};
}

} // namespace

Settings::Settings(std::filesystem::path file, RunOnDisk run_on_disk)
    : file_(std::move(file)), run_on_disk_(std::move(run_on_disk)) {
    const QSettings stored(toQString(file_), QSettings::IniFormat);
    for (const QString& key : stored.allKeys()) {
        if (!key.isEmpty()) { // what a damaged file may hold
            values_.insert(key, stored.value(key));
        }
    }
}

const char* Settings::keyOf(Setting setting) {
    return rowOf(setting).key;
}

QVariant Settings::get(Setting setting) const {
    const Row row = rowOf(setting);
    return values_.value(QLatin1String(row.key), row.fallback);
}

void Settings::set(Setting setting, const QVariant& value) {
    const QString key = QLatin1String(rowOf(setting).key);
    if (values_.value(key) == value) {
        return;
    }
    values_.insert(key, value);
    run_on_disk_([file = file_, key, value] {
        std::error_code ignored;
        std::filesystem::create_directories(file.parent_path(), ignored);
        QSettings stored(toQString(file), QSettings::IniFormat);
        stored.setValue(key, value); // written when the object goes
    });
}

} // namespace rushes::ui
