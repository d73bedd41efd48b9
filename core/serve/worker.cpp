#include "serve/worker.h"

#include "base/paths.h"
#include "jobs/job_checkpoints.h"
#include "jobs/record.h"
#include "serve/events.h"
#include "serve/run_end.h"

#include <algorithm>

namespace rushes::serve {
namespace {

constexpr auto look_pause = std::chrono::seconds(1); ///< for what other programs add to the queue

std::filesystem::path name_of(const std::filesystem::path& folder, const Recipe& recipe) {
    return unused_name(folder / (file_slug(recipe.prompt) + "-" + std::to_string(recipe.seed) + ".mp4"));
}

} // namespace

Worker::Worker(Desk& desk, Broadcast& broadcast, Measures& measures, Engine& engine)
    : desk_(desk), broadcast_(broadcast), measures_(measures), engine_(engine) {
    desk_.job_added = [this] {
        make_room_for_people();
        {
            const std::lock_guard lock(mutex_);
            news_ = true;
            idle_ = false;
        }
        wake_.notify_all();
    };
    desk_.stop_running = [this](const std::string& id) { return stop_running(id); };
    desk_.steering_of = [this](const std::string& id) {
        const std::lock_guard lock(mutex_);
        return run_ != nullptr && run_->id == id ? run_->steering : nullptr;
    };
    thread_ = std::thread([this] { work(); });
}

Worker::~Worker() {
    drain(std::chrono::steady_clock::now());
    thread_.join();
}

std::string Worker::running() const {
    const std::lock_guard lock(mutex_);
    return run_ == nullptr ? std::string() : run_->id;
}

void Worker::drain(std::chrono::steady_clock::time_point deadline) {
    std::unique_lock lock(mutex_);
    closing_ = true;
    wake_.notify_all();
    if (!wake_.wait_until(lock, deadline, [&] { return run_ == nullptr; })) {
        run_->goes_on = true;
        run_->stop.request_stop();
        wake_.wait(lock, [&] { return run_ == nullptr; });
    }
}

void Worker::wait_until_idle(std::stop_token stop) {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, stop, [&] { return idle_ || closing_; });
}

bool Worker::stop_running(const std::string& id) {
    const std::lock_guard lock(mutex_);
    return run_ != nullptr && run_->id == id && run_->stop.request_stop();
}

/// A clip that is made ahead is broken off for a person.
void Worker::make_room_for_people() {
    const std::lock_guard lock(mutex_);
    if (run_ != nullptr && is_warm(run_->id)) {
        run_->goes_on = true;
        run_->stop.request_stop();
    }
}

/// False: the end.
bool Worker::wait_for_news() {
    std::optional<std::chrono::milliseconds> retry;
    try {
        retry = desk_.with_queue([](JobQueue& queue) {
            queue.try_to_own();
            return queue.retry_in();
        });
    } catch (const Error&) {
        // Seen by who asks for something.
    }
    std::unique_lock lock(mutex_);
    idle_ = !news_ && !retry;
    wake_.notify_all();
    const auto pause = retry ? std::min<std::chrono::milliseconds>(*retry, look_pause) : look_pause;
    wake_.wait_for(lock, pause, [&] { return news_ || closing_; });
    news_ = false;
    return !closing_;
}

void Worker::work() {
    while (true) {
        std::optional<Job> job;
        try {
            {
                const std::lock_guard lock(mutex_);
                if (closing_) {
                    return;
                }
            }
            job = desk_.with_queue([](JobQueue& queue) { return queue.take(); });
            if (job) {
                begin(*job);
            } else if (!wait_for_news()) {
                return;
            }
        } catch (const Error&) {
            // The database is away for a moment.
            if (!wait_for_news()) {
                return;
            }
        }
    }
}

void Worker::begin(const Job& job) {
    Plan plan;
    try {
        plan = desk_.plan_of(job.recipe);
    } catch (const Error& error) {
        desk_.with_queue([&](JobQueue& queue) { return queue.failed(job.id, error); });
        broadcast_.end(job.id, failed_event(job.id, error));
        return;
    }
    const auto run = std::make_shared<Run>();
    run->id = job.id;
    if (plan.model.causal) {
        run->steering = std::make_shared<Steering>(
            checkpoint_of(desk_.parts().checkpoints, job.id),
            max_prompt_changes - plan.recipe.prompt_changes.size()
        );
    }
    {
        const std::lock_guard lock(mutex_);
        run_ = run;
        idle_ = false;
    }
    // Somebody may have come between the taking of the job and now.
    if (is_warm(job.id) && desk_.waiting() > 0) {
        make_room_for_people();
    }
    broadcast_.queue_changed();
    make(job, plan, *run);
    {
        const std::lock_guard lock(mutex_);
        run_ = nullptr;
        news_ = true;
    }
    wake_.notify_all();
    broadcast_.queue_changed();
}

void Worker::make(const Job& job, const Plan& plan, Run& run) {
    const double queued = seconds_since(job.created_unix_ms);
    const auto clip = broadcast_.begin(job.id, shape_of(plan));
    JobObserver observer;
    observer.progress = [&](const Progress& progress) { clip->set_progress(progress); };
    observer.preview = [&](Preview preview) { clip->set_preview(std::move(preview)); };
    observer.draft_frame = [&](FramePtr frame) { clip->add_draft(std::move(frame)); };
    observer.frames_ready = [&](std::int64_t frames) { clip->final_frames(frames); };
    observer.file_began = [&](const std::filesystem::path& file) { clip->set_growing_file(file); };
    JobRequest request;
    request.plan = plan;
    request.output = name_of(desk_.parts().videos, plan.recipe);
    request.notes = desk_.parts().unfinished;
    request.checkpoint = checkpoint_of(desk_.parts().checkpoints, job.id);
    request.kept_runs = desk_.parts().kept_runs;
    request.steering = run.steering;
    const JobResult result = run_job(engine_, request, clip->store(), observer, run.stop.get_token());
    {
        const std::lock_guard lock(mutex_);
        run.steering.reset(); // too late for another prompt
    }
    keep(job, plan, run, result, *clip);
    measures_.job_ended(result, queued);
    judge(result, clip->store(), measures_);
}

void Worker::keep(const Job& job, const Plan& plan, const Run& run, const JobResult& result, LiveClip& clip) {
    const auto* const failure = std::get_if<Failed>(&result.outcome);
    const bool finished = std::holds_alternative<Finished>(result.outcome);
    const bool broken_off = !finished && failure == nullptr && run.goes_on;
    std::optional<ClipRecord> record;
    if (result.clip && !broken_off) {
        record = record_of(result, plan);
    }
    if (broken_off && result.clip) {
        // It goes on from its checkpoint and is whole then; half of it is nothing to keep.
        std::error_code none;
        std::filesystem::remove(result.clip->path, none);
    }
    if (!finished && failure == nullptr && !broken_off) {
        retire_checkpoint(desk_.parts().checkpoints, job.id, desk_.parts().kept_runs);
    }
    bool again = false;
    try {
        again = desk_.with_queue([&](JobQueue& queue) {
            return failure != nullptr ? queue.failed(job.id, failure->error)
                   : finished         ? queue.encoded(job.id, result.clip->path) && false
                   : broken_off       ? queue.interrupt(job.id)
                                      : queue.stopped(job.id) && false;
        });
        if (record) {
            record->id = desk_.remember(*record);
        }
        desk_.with_queue([&](JobQueue& queue) { return finished && queue.done(job.id); });
    } catch (const Error&) {
        // The file is whole; the next start finds it by the queue's state.
    }
    if (finished) {
        desk_.learn(result, plan);
    }
    if (again) {
        return; // its viewers wait for the next attempt
    }
    clip.end(
        failure != nullptr ? failed_event(job.id, failure->error)
        : record           ? complete_event(job.id, *record, false)
                           : cancelled_event(job.id)
    );
}

} // namespace rushes::serve
