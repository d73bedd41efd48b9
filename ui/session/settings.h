// What the studio remembers between starts, as one table. Read once at the start; written off the UI thread.
#pragma once

#include <filesystem>
#include <functional>

#include <QByteArray>
#include <QString>
#include <QVariantMap>

namespace rushes::ui {

enum class Setting {
    scheme,
    geometry,
    layout,
    recipe,
    new_seed,
    history,
    advanced_open,
    looping,
    export_preset,
    export_format,
    export_fit,
    stop_known,
    shortcuts,
    videos,
    models_known,
    language,
    name_template,
    device,
    notify,
    done_sound,
    when_done,
    when_done_command,
    calm,
    idle_look,
    guides,
    compare_mode,
    high_contrast,
    memory_share,
    time_unit,
    web_pages,
    tips_seen,
    crash_told,
    serve_on,
    serve_port,
    price_per_hour,
};

class Settings {
public:
    using RunOnDisk = std::function<void(std::function<void()>)>;

    /// Reads the file; a damaged or missing one counts as empty.
    Settings(std::filesystem::path file, RunOnDisk run_on_disk);

    /// Its name in the file.
    static const char* keyOf(Setting setting);

    /// The value, or the default of the table.
    QVariant get(Setting setting) const;
    void set(Setting setting, const QVariant& value);

private:
    const std::filesystem::path file_;
    const RunOnDisk run_on_disk_;
    QVariantMap values_;
};

} // namespace rushes::ui
