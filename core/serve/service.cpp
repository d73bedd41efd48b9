#include "serve/service.h"

#include "base/memory.h"
#include "jobs/clip_file.h"
#include "jobs/job_checkpoints.h"
#include "jobs/unfinished.h"
#include "serve/api.h"
#include "serve/device_watch.h"
#include "serve/events.h"
#include "serve/host_runs.h"
#include "serve/picture_maker.h"
#include "serve/worker.h"

#include <condition_variable>
#include <nlohmann/json.hpp>
#include <thread>

namespace rushes::serve {
namespace {

/// Viewers' wishes go to the desk on the work thread, the answers come back on the network's.
class Requests final : public ViewerRequests {
public:
    Requests(Desk& desk, WorkThread& work, Measures& measures)
        : desk_(desk), work_(work), measures_(measures) {}

    void answer_on(std::function<void(std::function<void()>)> network) { network_ = std::move(network); }

    void generate(const Client& client, const GenerateMessage& message, Then then) override {
        ask(message.ref, std::move(then), [this, client, message]() -> Answer {
            const Desk::Added added = desk_.add(client, message.recipe, message.key);
            Json event{{"type", "queued"}, {"ref", message.ref}};
            event.update(queued_json(added));
            if (added.job.state == JobState::done) {
                desk_.show(added.job);
            }
            return {text_of(event), added.job.id};
        });
    }

    void watch(const Client& client, const WatchMessage& message, Then then) override {
        ask(message.ref, std::move(then), [this, client, message]() -> Answer {
            const auto job = desk_.job(client, message.job);
            if (!job) {
                throw Error(ErrorKind::user, "There is no job '" + message.job + "' of yours.");
            }
            const bool over = !job->waits() && job->state != JobState::running;
            if (over && !desk_.show(*job)) {
                throw Error(
                    ErrorKind::user,
                    std::string("There is nothing to be seen of this job: it is ") + to_text(job->state) + "."
                );
            }
            return {
                text_of(
                    {{"type", "watching"},
                     {"ref", message.ref},
                     {"job", job->id},
                     {"state", to_text(job->state)}}
                ),
                job->id
            };
        });
    }

    void stop(const Client& client, const StopMessage& message, Then then) override {
        ask(message.ref, std::move(then), [this, client, message]() -> Answer {
            if (!desk_.stop(client, message.job)) {
                throw Error(
                    ErrorKind::user, "There is no job '" + message.job + "' of yours that waits or runs."
                );
            }
            return {text_of({{"type", "stopping"}, {"ref", message.ref}, {"job", message.job}}), {}};
        });
    }

    void steer(const Client& client, const SteerMessage& message, Then then) override {
        ask(message.ref, std::move(then), [this, client, message]() -> Answer {
            desk_.steer(client, message.job, message.prompt);
            return {
                text_of(
                    {{"type", "steering"},
                     {"ref", message.ref},
                     {"job", message.job},
                     {"prompt", message.prompt}}
                ),
                {}
            };
        });
    }

    void ran_dry(const std::string&) override { measures_.ran_dry(); }

private:
    void ask(const std::string& ref, Then then, std::function<Answer()> work) {
        work_.post([this, ref, then = std::move(then), work = std::move(work)] {
            Answer answer;
            try {
                answer = work();
            } catch (const Refused& refused) {
                Json event{{"type", "error"}, {"ref", ref}, {"status", refused.status}};
                event.update(json_of(refused));
                if (refused.retry_after > 0) {
                    event["retry_after"] = refused.retry_after;
                }
                answer = {text_of(event), {}};
            } catch (const Error& error) {
                answer = {error_event(error, ref), {}};
            } catch (const std::exception& error) {
                answer = {error_event(Error(ErrorKind::bug, error.what()), ref), {}};
            }
            network_([then, answer] { then(answer); });
        });
    }

    Desk& desk_;
    WorkThread& work_;
    Measures& measures_;
    std::function<void(std::function<void()>)> network_;
};

/// What a program that was killed left: clips that were whole but not in the library, and half ones.
void recover(Desk& desk) {
    const auto encoded = desk.with_queue([](JobQueue& queue) {
        return queue.owned() ? queue.encoded_jobs() : std::vector<Job>();
    });
    for (const Job& job : encoded) {
        try {
            desk.remember(record_of_file(job.clip));
        } catch (const Error&) {
            // Removed by hand meanwhile.
        }
        desk.with_queue([&](JobQueue& queue) { return queue.done(job.id); });
    }
    desk.with_queue([&](JobQueue& queue) {
        if (queue.owned()) {
            sweep_checkpoints(desk.parts().checkpoints, queue);
        }
    });
    for (const std::filesystem::path& file : recover_unfinished(desk.parts().unfinished)) {
        try {
            ClipRecord record = record_of_file(file);
            record.state = ClipState::stopped;
            record.id = 0;
            desk.remember(record);
        } catch (const Error&) {
            // A file and no more.
        }
    }
}

/// A queue comes back paused after a kill, for a person to look at it. Nobody stands before a service: it
/// goes on.
void go_on(Desk& desk) {
    desk.with_queue([](JobQueue& queue) {
        if (queue.owned() && queue.paused()) {
            queue.set_paused(false);
        }
    });
}

void refuse_open_doors(const ServerOptions& server) {
    if (!is_loopback(server.address) && server.certificate.empty()) {
        throw Error(
            ErrorKind::user,
            "Listening on " + server.address +
                " lets other machines in, and without TLS they and everybody between "
                "could read the token.",
            "Give --tls-cert and --tls-key, or keep to 127.0.0.1."
        );
    }
}

DeviceWatch watch_of(const DeviceInfo& device) {
    return device.kind == DeviceKind::cpu ? DeviceWatch(static_cast<int>(std::thread::hardware_concurrency()))
                                          : DeviceWatch([name = device.name] { return card_use(name); });
}

} // namespace

struct Service::State {
    State(const ServiceParts& parts, const ServiceOptions& service_options)
        : options(service_options),
          measures(parts.price_per_hour),
          broadcast([this](const std::string& job) {
              if (Server* const open = sockets) {
                  open->changed(job);
              }
          }),
          engine(parts.make_engine ? parts.make_engine() : nullptr),
          desk(parts, engine != nullptr ? engine->device() : parts.device, broadcast, measures),
          requests(desk, work, measures),
          device(watch_of(engine != nullptr ? engine->device() : parts.device)),
          api(
              Access(options.access),
              desk,
              broadcast,
              measures,
              options.pages,
              [this] { return gauges(); },
              [this] { return running(); }
          ) {}

    /// Makes the clips of the queue here.
    void make_clips() {
        recover(desk);
        go_on(desk);
        worker = std::make_unique<Worker>(desk, broadcast, measures, *engine);
    }

    void open() {
        server = std::make_unique<Server>(
            options.server,
            api,
            work,
            posters,
            [this](const Client& client, std::function<void()> wake) {
                return std::make_shared<Viewer>(client, broadcast, pictures, requests, std::move(wake));
            }
        );
        sockets = server.get();
        requests.answer_on([this](std::function<void()> task) { server->post(std::move(task)); });
        server->start();
        watch = std::thread([this] { look_around(); });
    }

    ~State() {
        {
            const std::lock_guard lock(mutex);
            closing = true;
        }
        look_wake.notify_all();
        if (watch.joinable()) {
            watch.join();
        }
        sockets = nullptr;
    }

    std::string running() const {
        return worker != nullptr ? worker->running() : host != nullptr ? host->running() : std::string();
    }

    std::vector<Connected> clients() {
        const std::lock_guard lock(mutex);
        return connected;
    }

    Gauges gauges() {
        return {
            .waiting = desk.waiting(),
            .running = running().empty() ? 0 : 1,
            .connections = server->connections(),
            .viewers = broadcast.viewers(),
            .device_use = device.use(),
            .memory_bytes = process_memory(),
            .card_memory_bytes = device.card_memory(),
            .encode_seconds = pictures.seconds(),
            .pictures = pictures.pictures(),
            .clients = clients(),
        };
    }

    /// Once a second: the device, and whether something is not well.
    void look_around() {
        std::vector<Alert> told;
        std::unique_lock lock(mutex);
        while (!look_wake.wait_for(lock, std::chrono::seconds(1), [&] { return closing; })) {
            lock.unlock();
            try {
                device.look(DeviceWatch::Clock::now(), !running().empty());
                tell_alerts(told);
            } catch (const Error&) {
                // The database is away for a moment.
            }
            lock.lock();
        }
    }

    void tell_alerts(std::vector<Alert>& told) {
        auto alerts = alerts_of(health_of(measures.snapshot(), gauges()));
        server->list([this, alerts](std::vector<Connected> now) {
            if (options.look) {
                options.look(now, alerts);
            }
            const std::lock_guard lock(mutex);
            connected = std::move(now);
        });
        if (!std::ranges::equal(alerts, told, {}, &Alert::id, &Alert::id)) {
            server->tell(alert_event(alerts));
        }
        told = std::move(alerts);
    }

    const ServiceOptions options;
    std::atomic<Server*> sockets{nullptr}; ///< null before they are open
    Measures measures;
    Broadcast broadcast;
    std::unique_ptr<Engine> engine;
    Desk desk;
    WorkThread work;
    WorkThread posters;
    Requests requests;
    DeviceWatch device;
    PictureMaker pictures;
    Api api;
    std::unique_ptr<Worker> worker; ///< one of these two
    std::unique_ptr<HostRuns> host;
    std::mutex mutex;
    std::condition_variable look_wake;
    bool closing = false;
    std::vector<Connected> connected; ///< when it was last looked around
    std::unique_ptr<Server> server;
    std::thread watch;
};

Service::Service(const ServiceParts& parts, const ServiceOptions& options) {
    refuse_open_doors(options.server);
    state_ = std::make_unique<State>(parts, options);
    state_->make_clips();
    state_->open();
}

Service::Service(
    const ServiceParts& parts,
    const ServiceOptions& options,
    std::function<void()> job_added,
    std::function<void(const std::string& job)> stop
) {
    refuse_open_doors(options.server);
    state_ = std::make_unique<State>(parts, options);
    state_->host = std::make_unique<HostRuns>(
        state_->desk,
        state_->broadcast,
        state_->measures,
        state_->work,
        state_->posters,
        std::move(job_added),
        std::move(stop)
    );
    state_->open();
}

/// From the outside in: nobody is called who is gone already.
Service::~Service() {
    drain(std::chrono::milliseconds(0));
    state_->work.end();
    state_->posters.end();
    state_->pictures.end();
}

std::uint16_t Service::port() const {
    return state_->server->port();
}

HostRuns& Service::runs() {
    return *state_->host;
}

std::vector<std::string> Service::notes() const {
    return state_->desk.with_queue([](JobQueue& queue) {
        auto notes = queue.problems();
        if (!queue.owned()) {
            notes.emplace_back(
                "Another Rushes makes the clips of this queue; what is asked for here is made there."
            );
        }
        return notes;
    });
}

void Service::drain(std::chrono::milliseconds patience) {
    state_->desk.close();
    if (state_->worker != nullptr) {
        state_->worker->drain(std::chrono::steady_clock::now() + patience);
    }
    state_->server->stop_listening();
}

} // namespace rushes::serve
