#include "jobs/job_checkpoints.h"

#include "base/paths.h"
#include "jobs/job_queue.h"
#include "jobs/kept_runs.h"

#include <vector>

namespace rushes {
namespace fs = std::filesystem;

namespace {

bool may_go_on(const std::optional<Job>& job) {
    return job && (job->waits() || job->state == JobState::running || job->state == JobState::failed);
}

} // namespace

fs::path job_checkpoints() {
    return state_dir() / "checkpoints";
}

fs::path checkpoint_of(const fs::path& folder, const std::string& job_id) {
    const bool is_name = file_slug(job_id, 64) == job_id; // ours are
    return folder.empty() || !is_name ? fs::path() : folder / job_id;
}

void forget_checkpoint(const fs::path& folder, const std::string& job_id) {
    std::error_code error;
    if (const fs::path kept = checkpoint_of(folder, job_id); !kept.empty()) {
        fs::remove_all(kept, error);
    }
}

void retire_checkpoint(const fs::path& folder, const std::string& job_id, const fs::path& kept_runs) {
    const fs::path checkpoint = checkpoint_of(folder, job_id);
    if (!checkpoint.empty() && !kept_runs.empty()) {
        keep_run(checkpoint, kept_runs, most_kept(kept_runs));
    }
    forget_checkpoint(folder, job_id);
}

void sweep_checkpoints(const fs::path& folder, const JobQueue& queue) {
    std::vector<fs::path> found;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
        found.push_back(entry.path());
    }
    for (const fs::path& kept : found) {
        if (!may_go_on(queue.find(kept.filename().string()))) {
            fs::remove_all(kept, error);
        }
    }
}

} // namespace rushes
