// What the addresses of the service mean. No socket here; calls may wait for the disk.
#pragma once

#include "serve/access.h"
#include "serve/desk.h"
#include "serve/events.h"
#include "serve/http.h"

#include <filesystem>
#include <functional>
#include <string>

namespace rushes::serve {

class Api {
public:
    /// `gauges`: what the rest of the service is like now; `running`: the job that is being made.
    Api(Access access,
        Desk& desk,
        Broadcast& broadcast,
        Measures& measures,
        std::filesystem::path pages,
        std::function<Gauges()> gauges,
        std::function<std::string()> running);

    /// Never throws. Safe from several threads.
    HttpResponse answer(const HttpRequest& request);

    /// Whether an answer takes so long that those to others should not wait for it.
    static bool decodes_pictures(const HttpRequest& request);

    /// How long a body may be.
    std::size_t most_bytes_of(const HttpRequest& request) const;

    /// Who opens a stream; empty: `refused` is the answer.
    std::optional<Client> stream_client(const HttpRequest& request, HttpResponse& refused) const;

    const Access& access() const { return access_; }

private:
    HttpResponse route(const HttpRequest& request);
    HttpResponse page(const HttpRequest& request) const;
    HttpResponse health() const;
    HttpResponse jobs(const HttpRequest& request, const Client& client);
    HttpResponse job(const HttpRequest& request, const Client& client, const std::string& rest);
    HttpResponse steer(const HttpRequest& request, const Client& client, const std::string& id);
    HttpResponse job_file(const HttpRequest& request, const Job& job);
    HttpResponse add_job(const HttpRequest& request, const Client& client);
    HttpResponse price(const HttpRequest& request);
    HttpResponse picture(const HttpRequest& request);
    HttpResponse models();
    HttpResponse clips(const HttpRequest& request, const Client& client);
    HttpResponse clip(const HttpRequest& request, const Client& client, const std::string& rest);
    HttpResponse status(const Client& client);
    HttpResponse metrics(const Client& client);

    const Access access_;
    Desk& desk_;
    Broadcast& broadcast_;
    Measures& measures_;
    const std::filesystem::path pages_;
    const std::function<Gauges()> gauges_;
    const std::function<std::string()> running_;
};

/// What is told of a job that was added, over HTTP and as the event `queued`.
Json queued_json(const Desk::Added& added);

} // namespace rushes::serve
