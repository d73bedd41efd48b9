// What is computed of the queue's jobs, on the disk (JobRequest::checkpoint): a folder for each job that was
// begun and may go on.
#pragma once

#include <filesystem>
#include <string>

namespace rushes {

class JobQueue;

/// state_dir()/checkpoints.
std::filesystem::path job_checkpoints();

/// Of one job; empty, nothing is kept: for an empty `folder`, or an id that cannot be a folder's name.
std::filesystem::path checkpoint_of(const std::filesystem::path& folder, const std::string& job_id);

/// The job will not go on. Never throws: what stays is found by sweep_checkpoints().
void forget_checkpoint(const std::filesystem::path& folder, const std::string& job_id);

/// The same, but what is computed is kept for others that begin like it (kept_runs.h).
void retire_checkpoint(
    const std::filesystem::path& folder, const std::string& job_id, const std::filesystem::path& kept_runs
);

/// Removes those of jobs that are done, cancelled or not known. Throws Error when the queue can't be read.
void sweep_checkpoints(const std::filesystem::path& folder, const JobQueue& queue);

} // namespace rushes
