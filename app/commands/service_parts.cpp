#include "commands/service_parts.h"

#include "base/paths.h"
#include "jobs/job_checkpoints.h"
#include "jobs/kept_runs.h"
#include "jobs/unfinished.h"
#include "metrics/speed_book.h"
#include "models/registry.h"

namespace rushes {

serve::ServiceParts service_parts(const std::string& device, int threads) {
    serve::ServiceParts parts;
    parts.make_engine = [device, threads] {
        return load_engine({.device = device, .threads = threads, .background = true});
    };
    parts.find_models = [] { return installed_models(); };
    parts.queue = data_dir() / "queue.db";
    parts.library = data_dir() / "library.db";
    parts.videos = videos_dir();
    parts.unfinished = unfinished_notes();
    parts.checkpoints = job_checkpoints();
    parts.kept_runs = kept_runs();
    parts.speeds = SpeedBook::default_file();
    parts.pictures = data_dir() / "pictures";
    parts.program_version = RUSHES_VERSION;
    return parts;
}

} // namespace rushes
