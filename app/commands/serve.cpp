// rushes serve
#include "base/atomic_file.h"
#include "base/paths.h"
#include "commands/interrupt.h"
#include "commands/run_command.h"
#include "commands/service_parts.h"
#include "commands/terminal.h"
#include "serve/service.h"
#include "serve/service_note.h"

#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <sys/resource.h>

namespace rushes {
namespace {

/// From the command line, which every process of this machine can read, or better from the environment.
std::string token_of(const ServeCommand& command) {
    const char* const given = std::getenv("RUSHES_TOKEN");
    return !command.token.empty()               ? command.token
           : given != nullptr && *given != '\0' ? std::string(given)
                                                : serve::new_token();
}

/// Each viewer is an open file: as many as the system lets this process have.
void allow_many_connections() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        ::setrlimit(RLIMIT_NOFILE, &limit);
    }
}

std::string url_of(const ServeCommand& command, std::uint16_t port) {
    const bool any = command.address == "0.0.0.0" || command.address == "::";
    const std::string host = any                                              ? "localhost"
                             : command.address.find(':') != std::string::npos ? "[" + command.address + "]"
                                                                              : command.address;
    return (command.certificate.empty() ? "http://" : "https://") + host + ":" + std::to_string(port);
}

void wait_for(const std::stop_token& stop) {
    std::mutex mutex;
    std::unique_lock lock(mutex);
    std::condition_variable_any never;
    never.wait(lock, stop, [] { return false; });
}

} // namespace

int run_serve(const ServeCommand& command) {
    InterruptWatch interrupt;
    allow_many_connections();
    serve::ServiceOptions options;
    options.access.token = token_of(command);
    options.access.guests = command.guests;
    options.access.origins = command.origins;
    options.access.any_host = !command.certificate.empty();
    options.server.address = command.address;
    options.server.port = static_cast<std::uint16_t>(command.port);
    options.server.certificate = command.certificate;
    options.server.private_key = command.private_key;
    options.pages = resources_dir() / "serve";
    serve::ServiceParts parts = service_parts(command.device, command.threads);
    parts.most_waiting = command.most_waiting;
    parts.price_per_hour = command.price_per_hour;
    serve::Service service(parts, options);

    const std::string url = url_of(command, service.port());
    const serve::ServiceNote note({url, options.access.token});
    for (const std::string& sentence : service.notes()) {
        say("Note: " + sentence);
    }
    print(url + "/?token=" + options.access.token + "\n");
    wait_for(interrupt.token());
    service.drain(std::chrono::seconds(command.drain_seconds));
    return exit_ok;
}

} // namespace rushes
