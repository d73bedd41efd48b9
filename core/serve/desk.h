// What clients may ask for, as calls: jobs, clips, models. Every call may wait for the disk: not for the
// network's thread. Safe from any other.
#pragma once

#include "base/error.h"
#include "generation/device_info.h"
#include "jobs/job_queue.h"
#include "jobs/steering.h"
#include "library/clip_library.h"
#include "metrics/speed_book.h"
#include "models/model_info.h"
#include "serve/access.h"
#include "serve/broadcast.h"
#include "serve/measures.h"
#include "serve/picture_shelf.h"

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace rushes::serve {

/// What the service is made of: the program's own parts, or a test's.
struct ServiceParts {
    std::function<std::unique_ptr<Engine>()> make_engine; ///< empty: the program around makes the clips ...
    DeviceInfo device;                                    ///< ... on this device
    std::function<std::vector<ModelInfo>()> find_models;
    std::filesystem::path queue; ///< databases ...
    std::filesystem::path library;
    std::filesystem::path videos;      ///< where new clips go
    std::filesystem::path unfinished;  ///< notes of clips that are being written
    std::filesystem::path checkpoints; ///< of the queue's jobs, see jobs/job_checkpoints.h
    std::filesystem::path kept_runs;   ///< see jobs/kept_runs.h
    std::filesystem::path speeds;
    std::filesystem::path pictures; ///< that clients sent
    std::string program_version;
    int most_waiting = 100; ///< jobs; more are refused
    double price_per_hour = 0;
};

/// A request that can't be served as it is: an HTTP status and what to say.
struct Refused : Error {
    Refused(int http_status, const Error& error, int wait_seconds = 0)
        : Error(error), status(http_status), retry_after(wait_seconds) {}

    int status;
    int retry_after; ///< seconds; 0: trying again does not help
};

class Desk {
public:
    Desk(const ServiceParts& parts, const DeviceInfo& device, Broadcast& broadcast, Measures& measures);

    /// What became of a wish.
    struct Added {
        Job job;
        Plan plan;
        bool is_new = true;               ///< false: this client asked for it before, by the same key
        int place = 0;                    ///< jobs before it
        double seconds = 0;               ///< that it will take when its turn comes
        std::optional<ClipRecord> cached; ///< it is there already
    };

    /// Throws Refused: a recipe that can't be made (422), a key that stands for another recipe (422), too
    /// many jobs wait (429), the service ends (503).
    Added add(const Client& client, Recipe recipe, const std::string& key);

    struct Price {
        Plan plan;
        Estimate estimate;
    };

    /// What a recipe would take here. Throws Refused.
    Price price(Recipe recipe);

    /// For recipes that start from it. Throws Refused: what is no picture (422), no room (429).
    PictureShelf::Kept keep_picture(std::string_view bytes);

    /// What a clip started from, on the shelf (again), so that a recipe may name it; empty: it is gone, or
    /// has changed.
    std::filesystem::path picture_of(const ClipRecord& clip, const std::string& role);

    /// Of these complete recipes the ones whose clip is neither in the library nor waits to be made ahead;
    /// each once.
    std::vector<Recipe> missing(const std::vector<Recipe>& complete);

    std::vector<Job> jobs(const Client& client);
    std::optional<Job> job(const Client& client, const std::string& id);
    /// Cancels a waiting job or stops the running one. False: nothing to stop.
    bool stop(const Client& client, const std::string& id);
    /// Another prompt for a clip that is being made, from its next block on. Throws Refused: none of this
    /// client (404), it does not run or can't be steered (409).
    void steer(const Client& client, const std::string& id, const std::string& prompt);
    int waiting();

    std::vector<ClipRecord> clips(const Client& client, const std::string& search, int most);
    std::optional<ClipRecord> clip(const Client& client, std::int64_t id);
    std::optional<ClipRecord> clip_of(const Job& job);
    std::optional<ClipRecord> clip_in(const std::filesystem::path& file);

    std::vector<ModelInfo> models();

    // What the program around the service changed.
    void read_models();
    void read_speeds();

    /// Lets a clip that is on the disk be watched (Broadcast); false: there is none of this job.
    bool show(const Job& job);

    // For the worker.
    template <typename Work>
    auto with_queue(Work&& work) {
        const std::lock_guard lock(mutex_);
        return std::forward<Work>(work)(queue_);
    }

    /// Throws Error for what can't be made (any more).
    Plan plan_of(const Recipe& recipe);
    std::int64_t remember(const ClipRecord& record);
    void learn(const JobResult& result, const Plan& plan);

    const ServiceParts& parts() const { return parts_; }

    /// New jobs are refused from now on.
    void close() { closed_ = true; }

    bool closed() const { return closed_; }

    /// Who makes the clips: told of new jobs, and asked to stop one that runs (false: it does not).
    std::function<void()> job_added = [] {};
    std::function<bool(const std::string& id)> stop_running = [](const std::string&) { return false; };
    /// How the running job's prompt changes; null: it does not run, or its model makes the clip in one piece.
    std::function<std::shared_ptr<Steering>(const std::string& id)> steering_of = [](const std::string&) {
        return nullptr;
    };

private:
    void find_pictures(Recipe& recipe) const;
    std::optional<Added> known(const std::string& id, const Plan& plan);
    std::optional<Added> cached(const std::string& id, const Plan& plan);

    const ServiceParts parts_;
    const DeviceInfo device_;
    Broadcast& broadcast_;
    Measures& measures_;
    std::atomic<bool> closed_{false};
    std::mutex picture_mutex_;
    PictureShelf pictures_;
    std::mutex mutex_; ///< of everything below
    JobQueue queue_;
    ClipLibrary library_;
    SpeedBook speeds_;
    std::vector<ModelInfo> models_;
};

} // namespace rushes::serve
