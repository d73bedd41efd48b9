// The service within a program that makes the clips of the queue itself: the studio. It has no engine; the
// program tells it what happens. The studio loads it as a module when it is switched on.
#pragma once

#include "generation/frame_store.h"
#include "jobs/job.h"
#include "jobs/job_queue.h"
#include "metrics/alerts.h"
#include "serve/service.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace rushes::serve {

/// What the program tells of its clips, one at a time. From one thread; nothing waits.
class ClipTeller {
public:
    virtual ~ClipTeller() = default;

    /// `store` holds the final frames, and may hold some already. `steering`: null where the prompt can't
    /// change.
    virtual void began(
        const Job& job,
        const Plan& plan,
        std::shared_ptr<FrameStore> store,
        std::shared_ptr<Steering> steering
    ) = 0;
    // Of the clip that began last.
    virtual void progress(const Progress& progress) = 0;
    virtual void preview(const Preview& preview) = 0;
    virtual void draft_frame(FramePtr frame) = 0;
    virtual void frames_ready(std::int64_t frames) = 0;
    virtual void file_began(const std::filesystem::path& file) = 0;
    /// `goes_on`: the job waits in the queue again. Else kept() follows if there is a clip.
    virtual void ended(const JobResult& result, bool goes_on) = 0;

    /// The job's clip is in the library.
    virtual void kept(const std::string& job) = 0;

    // Of jobs that wait.
    virtual void refused(const std::string& job, const Error& error) = 0;
    virtual void cancelled(const std::string& job) = 0;
    virtual void queue_changed() = 0;
    virtual void models_changed() = 0;
};

/// What a person sees of it.
struct ServiceLook {
    std::vector<Connected> connected;
    std::vector<Alert> alerts;
};

struct HostOptions {
    ServiceParts parts;     ///< without an engine, with its device
    ServiceOptions service; ///< without a token: a new one is made
    // Called from the service's threads; must not wait.
    std::function<void()> job_added;
    std::function<void(const std::string& job)> stop; ///< the clip that is being made
    std::function<void(const ServiceLook&)> look;     ///< every second
};

class HostedService {
public:
    virtual ~HostedService() = default;
    virtual const std::string& link() const = 0; ///< of the page, with its token
    virtual ClipTeller& clips() = 0;
};

/// Opens the databases and listens when it returns: not for a thread that a person waits for. Throws Error.
std::unique_ptr<HostedService> host_service(const HostOptions& options);

/// The border of librushes_service.so: HostedService* (const HostOptions*).
inline constexpr const char* host_service_symbol = "rushes_host_service";
using HostServiceFunction = HostedService*(const HostOptions*);

} // namespace rushes::serve
