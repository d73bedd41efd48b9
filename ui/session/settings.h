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
    seed_locked,
    history,
    advanced_open,
    looping,
    export_preset,
    export_format,
    shortcuts,
    videos,
    models_known
};

class Settings {
public:
    using RunOnDisk = std::function<void(std::function<void()>)>;

    /// Reads the file; a damaged or missing one counts as empty.
    Settings(std::filesystem::path file, RunOnDisk run_on_disk);

    /// The value, or the default of the table.
    QVariant get(Setting setting) const;
    void set(Setting setting, const QVariant& value);

private:
    const std::filesystem::path file_;
    const RunOnDisk run_on_disk_;
    QVariantMap values_;
};

} // namespace rushes::ui
