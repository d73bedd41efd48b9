// `rushes serve` without its command line: queue, engine, viewers and sockets put together.
#pragma once

#include "metrics/alerts.h"
#include "serve/access.h"
#include "serve/desk.h"
#include "serve/server.h"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace rushes::serve {

struct ServiceOptions {
    ServerOptions server;
    AccessRules access;
    std::filesystem::path pages; ///< folder of the page's files
    /// Every second, on a thread of the service's: who is connected, what is not well. Must not wait.
    std::function<void(const std::vector<Connected>&, const std::vector<Alert>&)> look;
};

class HostRuns;

class Service {
public:
    /// Loads the engine, opens the databases and listens when it returns. Throws Error: what can't be opened,
    /// a port that is taken, an address beyond this machine without a certificate (Error{user}).
    Service(const ServiceParts& parts, const ServiceOptions& options);
    /// Without an engine: the program around makes the clips, is told what is asked for (HostOptions), and
    /// tells runs() what becomes of it. That program owns the queue.
    Service(
        const ServiceParts& parts,
        const ServiceOptions& options,
        std::function<void()> job_added,
        std::function<void(const std::string& job)> stop
    );
    ~Service();
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;

    std::uint16_t port() const;

    /// Only of a service without an engine.
    HostRuns& runs();

    /// What was found when the queue was opened; another program makes the clips of this queue.
    std::vector<std::string> notes() const;

    /// Takes no more jobs and connections; the clip that runs may take until `patience` is over, then its job
    /// is kept and goes on at the next start. Returns when nothing runs.
    void drain(std::chrono::milliseconds patience);

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace rushes::serve
