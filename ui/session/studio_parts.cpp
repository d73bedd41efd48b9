#include "session/studio_parts.h"

#include "base/paths.h"
#include "convert.h"
#include "jobs/job_checkpoints.h"
#include "jobs/kept_runs.h"
#include "jobs/unfinished.h"
#include "metrics/speed_book.h"
#include "models/registry.h"
#include "session/settings.h"

#include <QSettings>

namespace rushes::ui {

StudioParts StudioParts::real() {
    StudioParts parts;
    parts.settings = config_dir() / "studio.ini";
    parts.make_engine = [file = parts.settings] {
        const QSettings stored(toQString(file), QSettings::IniFormat);
        const QString device = stored.value(QLatin1String(Settings::keyOf(Setting::device))).toString();
        return load_engine({.device = device.isEmpty() ? "auto" : toStd(device), .background = true});
    };
    parts.find_models = [](std::vector<std::string>* problems) { return installed_models(problems); };
    parts.add_model = [](const std::filesystem::path& directory) { return rushes::add_model(directory); };
    parts.database = data_dir() / "library.db";
    parts.queue = data_dir() / "queue.db";
    parts.thumbnails = cache_dir() / "thumbnails";
    parts.videos = videos_dir();
    parts.speeds = SpeedBook::default_file();
    parts.logs = state_dir() / "logs";
    parts.unfinished = unfinished_notes();
    parts.checkpoints = job_checkpoints();
    parts.kept_runs = rushes::kept_runs();
    return parts;
}

} // namespace rushes::ui
