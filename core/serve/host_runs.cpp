#include "serve/host_runs.h"

#include "serve/events.h"
#include "serve/file_frames.h"
#include "serve/run_end.h"

#include <utility>

namespace rushes::serve {

HostRuns::HostRuns(
    Desk& desk,
    Broadcast& broadcast,
    Measures& measures,
    WorkThread& work,
    WorkThread& posters,
    std::function<void()> job_added,
    std::function<void(const std::string& job)> stop
)
    : desk_(desk),
      broadcast_(broadcast),
      measures_(measures),
      work_(work),
      posters_(posters),
      stop_(std::move(stop)) {
    desk_.job_added = std::move(job_added);
    desk_.stop_running = [this](const std::string& id) {
        const bool runs = id == running();
        if (runs) {
            stop_(id);
        }
        return runs;
    };
    desk_.steering_of = [this](const std::string& id) {
        const std::lock_guard lock(mutex_);
        return id == running_ ? steering_ : nullptr;
    };
}

std::string HostRuns::running() const {
    const std::lock_guard lock(mutex_);
    return running_;
}

void HostRuns::began(
    const Job& job, const Plan& plan, std::shared_ptr<FrameStore> store, std::shared_ptr<Steering> steering
) {
    const std::int64_t frames = store->size();
    run_ = {job, store, broadcast_.begin(job.id, shape_of(plan), store), seconds_since(job.created_unix_ms)};
    {
        const std::lock_guard lock(mutex_);
        running_ = job.id;
        steering_ = std::move(steering);
    }
    if (frames > 0) {
        run_.clip->final_frames(frames);
    }
    broadcast_.queue_changed();
}

void HostRuns::progress(const Progress& progress) {
    if (run_.clip != nullptr) {
        run_.clip->set_progress(progress);
    }
}

void HostRuns::preview(const Preview& preview) {
    if (run_.clip != nullptr) {
        run_.clip->set_preview(preview);
    }
}

void HostRuns::draft_frame(FramePtr frame) {
    if (run_.clip != nullptr) {
        run_.clip->add_draft(std::move(frame));
    }
}

void HostRuns::frames_ready(std::int64_t frames) {
    if (run_.clip != nullptr && frames > run_.clip->look().finals) {
        run_.clip->final_frames(frames);
    }
}

void HostRuns::file_began(const std::filesystem::path& file) {
    if (run_.clip != nullptr) {
        work_.post([clip = run_.clip, file] { clip->set_growing_file(file); });
    }
}

void HostRuns::ended(const JobResult& result, bool goes_on) {
    const Run run = std::exchange(run_, {});
    if (run.clip == nullptr) {
        return;
    }
    {
        const std::lock_guard lock(mutex_);
        running_.clear();
        steering_.reset();
    }
    if (auto before = std::exchange(ended_, std::nullopt)) {
        finish(std::move(*before)); // the library did not take it
    }
    measures_.job_ended(result, run.queued_seconds);
    if (goes_on) {
        broadcast_.queue_changed(); // its viewers wait for the next attempt
    } else if (result.clip) {
        ended_ = {run, result};
    } else {
        finish({run, result});
    }
}

void HostRuns::kept(const std::string& job) {
    if (ended_ && ended_->run.job.id == job) {
        finish(std::move(*ended_));
        ended_.reset();
    }
}

void HostRuns::finish(Ended ended) {
    posters_.post([this, ended = std::move(ended)] { finish_now(ended.run, ended.result); });
}

/// May decode.
void HostRuns::finish_now(const Run& run, const JobResult& result) {
    judge(result, *run.store, measures_);
    std::string event = cancelled_event(run.job.id);
    if (const auto* const failure = std::get_if<Failed>(&result.outcome)) {
        event = failed_event(run.job.id, failure->error);
    } else if (result.clip) {
        try {
            const auto frames = std::make_shared<FileFrames>(result.clip->path);
            run.clip->set_file(frames->frames(), [frames](std::int64_t index) { return (*frames)(index); });
            if (const auto record = desk_.clip_in(result.clip->path)) {
                event = complete_event(run.job.id, *record, false);
            }
        } catch (const Error&) {
            // Removed meanwhile, or the library is away: there is nothing that could be shown.
        }
    }
    run.clip->end(event);
    try {
        desk_.read_speeds();
    } catch (const Error&) {
        // What was known before serves on.
    }
    broadcast_.queue_changed();
}

void HostRuns::refused(const std::string& job, const Error& error) {
    broadcast_.end(job, failed_event(job, error));
}

void HostRuns::cancelled(const std::string& job) {
    broadcast_.end(job, cancelled_event(job));
}

void HostRuns::queue_changed() {
    broadcast_.queue_changed();
}

void HostRuns::models_changed() {
    work_.post([this] {
        try {
            desk_.read_models();
        } catch (const Error&) {
            // Those that were known before stay.
        }
    });
}

} // namespace rushes::serve
