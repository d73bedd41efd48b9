// The clips that the program around the service makes, shown as the worker shows its own.
#pragma once

#include "serve/desk.h"
#include "serve/hosted_service.h"
#include "serve/work_thread.h"

#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace rushes::serve {

class HostRuns final : public ClipTeller {
public:
    /// Connects itself with the desk. `work` reads the library and files, `posters` decodes.
    HostRuns(
        Desk& desk,
        Broadcast& broadcast,
        Measures& measures,
        WorkThread& work,
        WorkThread& posters,
        std::function<void()> job_added,
        std::function<void(const std::string& job)> stop
    );

    /// The job that runs; empty: none.
    std::string running() const;

    void began(
        const Job& job,
        const Plan& plan,
        std::shared_ptr<FrameStore> store,
        std::shared_ptr<Steering> steering
    ) override;
    void progress(const Progress& progress) override;
    void preview(const Preview& preview) override;
    void draft_frame(FramePtr frame) override;
    void frames_ready(std::int64_t frames) override;
    void file_began(const std::filesystem::path& file) override;
    void ended(const JobResult& result, bool goes_on) override;
    void kept(const std::string& job) override;
    void refused(const std::string& job, const Error& error) override;
    void cancelled(const std::string& job) override;
    void queue_changed() override;
    void models_changed() override;

private:
    struct Run {
        Job job;
        std::shared_ptr<FrameStore> store;
        std::shared_ptr<LiveClip> clip;
        double queued_seconds = 0;
    };

    struct Ended {
        Run run;
        JobResult result;
    };

    void finish(Ended ended);
    void finish_now(const Run& run, const JobResult& result);

    Desk& desk_;
    Broadcast& broadcast_;
    Measures& measures_;
    WorkThread& work_;
    WorkThread& posters_;
    const std::function<void(const std::string&)> stop_;
    Run run_;                    ///< of the thread that tells ...
    std::optional<Ended> ended_; ///< ... its clip is on its way to the library
    mutable std::mutex mutex_;
    std::string running_; ///< its id
    std::shared_ptr<Steering> steering_;
};

} // namespace rushes::serve
