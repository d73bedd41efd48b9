// One recipe from request to finished clip: engine -> frame store + encoder -> library. Both front ends (the
// window and `rushes generate`) make the same calls, these.
#pragma once

#include "generation/engine.h"
#include "generation/frame_store.h"
#include "jobs/steering.h"
#include "media/encoder.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace rushes {

struct JobRequest {
    Plan plan;
    std::filesystem::path output; ///< see Encoder::open for the formats
    ExportSettings settings;
    std::filesystem::path notes; ///< folder of unfinished_notes(); empty: a kill leaves a hidden file
    std::size_t store_bytes = std::size_t{512} << 20; ///< memory for frames kept at hand
    std::filesystem::path checkpoint;   ///< RunSinks::checkpoint: a folder to go on from; empty: none
    std::filesystem::path kept_runs;    ///< RunSinks::kept_runs, and a whole run leaves its own there
    std::shared_ptr<Steering> steering; ///< null: nobody steers
};

struct JobResult {
    Outcome outcome;
    std::optional<ExportResult>
        clip; ///< there whenever a final frame is on the disk, also after Stop, a failure, or a full disk
    double seconds = 0;                  ///< request to complete file
    double encode_seconds = 0;           ///< that the encoder's thread worked, beside the engine
    std::vector<PromptChange> steered{}; ///< what the prompt became on the way, beside what the plan says
};

/// What a front end wants to hear. Called from job threads; must not wait.
struct JobObserver {
    std::function<void(const Progress&)> progress;
    std::function<void(Preview)> preview;
    std::function<void(FramePtr)> draft_frame;
    std::function<void(const std::string& sentence)> note; ///< RunSinks::note
    std::function<void(std::int64_t frames)> frames_ready; ///< the store holds this many
    /// The file that grows while frames are written, before the first of them (Encoder::growing_file).
    std::function<void(const std::filesystem::path&)> file_began;
    bool measure = false; ///< RunSinks::measure
};

/// Bytes that the file may take at most, roughly.
std::uint64_t estimated_file_bytes(const JobRequest& request);

/// Runs on the calling thread until the file is whole; the encoder has a thread of its own. The pictures that
/// the recipe starts from are decoded first (read_inputs.h). `store` may outlive it. Never throws: what went
/// wrong is in the outcome (an encoding error stops the run and becomes Failed).
JobResult run_job(
    Engine& engine,
    const JobRequest& request,
    FrameStore& store,
    const JobObserver& observer,
    std::stop_token stop
);

} // namespace rushes
