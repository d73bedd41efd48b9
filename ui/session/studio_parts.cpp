#include "session/studio_parts.h"

#include "base/paths.h"
#include "jobs/unfinished.h"
#include "metrics/speed_book.h"
#include "models/registry.h"

namespace rushes::ui {

StudioParts StudioParts::real() {
    StudioParts parts;
    parts.make_engine = [] { return load_engine({.background = true}); };
    parts.find_models = [](std::vector<std::string>* problems) { return installed_models(problems); };
    parts.add_model = [](const std::filesystem::path& directory) { return rushes::add_model(directory); };
    parts.database = data_dir() / "library.db";
    parts.queue = data_dir() / "queue.db";
    parts.thumbnails = cache_dir() / "thumbnails";
    parts.videos = videos_dir();
    parts.settings = config_dir() / "studio.ini";
    parts.speeds = SpeedBook::default_file();
    parts.unfinished = unfinished_notes();
    return parts;
}

} // namespace rushes::ui
