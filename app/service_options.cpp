#include "service_options.h"

#include "option_checks.h"

namespace rushes {
namespace {

constexpr const char* access_group = "Who may come in";

constexpr const char* serve_notes =
    "The page is under the address that is printed; programs find what there is under /openapi.json.\n"
    "SIGTERM or Ctrl+C: no more jobs are taken, the running clip is finished, or goes on at the next start.\n"
    "Beyond this machine (--address) it listens with a certificate only.";

CLI::Validator token_check() {
    return check(
        [](const std::string& text) {
            const bool plain = std::all_of(text.begin(), text.end(), [](char c) {
                return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       c == '-' || c == '_' || c == '.' || c == '~';
            });
            return plain && text.size() >= 8 && text.size() <= 256;
        },
        "is no token: use 8 to 256 letters, digits, '-', '_', '.' or '~'"
    );
}

void add_serve_flags(CLI::App& app, ServeCommand& command) {
    app.add_option("--port", command.port, "To listen on (default 8800; 0: any free one)")
        ->check(whole_between(0, 65535));
    app.add_option("--address", command.address, "To listen on (default 127.0.0.1: this machine only)")
        ->type_name("ADDRESS")
        ->group(access_group);
    app.add_option("--token", command.token, "What clients show (default: a new one, printed)")
        ->type_name("T")
        ->check(token_check())
        ->group(access_group);
    app.add_option("--guest", command.guests, "One more token, which sees and stops its own jobs only")
        ->type_name("T")
        ->check(token_check())
        ->allow_extra_args(false)
        ->group(access_group);
    app.add_option(
           "--origin", command.origins, "A page of others that may call, for example https://a.example"
    )
        ->type_name("URL")
        ->allow_extra_args(false)
        ->group(access_group);
    auto* const certificate =
        app.add_option("--tls-cert", command.certificate, "Certificate with its chain (PEM)");
    certificate->type_name("FILE")->group(access_group);
    auto* const key = app.add_option("--tls-key", command.private_key, "Its private key (PEM)");
    key->type_name("FILE")->group(access_group)->needs(certificate);
    certificate->needs(key);
    app.add_option("--queue", command.most_waiting, "Jobs that may wait; more are refused (default 100)")
        ->check(whole_between(1, 10'000));
    app.add_option("--price-per-hour", command.price_per_hour, "Of this machine, to tell what a clip costs")
        ->check(number_between(0, 1e6, "0 to 1000000"));
    app.add_option(
           "--patience",
           command.drain_seconds,
           "Seconds that the running clip may take at the end (default 30)"
    )
        ->check(whole_between(0, 86'400));
    add_device_options(app, command.device, command.threads);
    app.footer(serve_notes);
}

} // namespace

ServiceOptions::ServiceOptions(CLI::App& app)
    : serve_app_(*app.add_subcommand("serve", "Make clips for a browser and for programs, over HTTP")),
      top_app_(*app.add_subcommand("top", "Watch a running service: queue, phases, viewers")),
      warm_app_(*app.add_subcommand("warm", "Make the clips of a list of prompts ahead")) {
    add_serve_flags(serve_app_, serve_);
    top_app_.add_option("--url", top_.url, "Of the service (default: the one on this machine)")
        ->type_name("URL");
    top_app_.add_option("--token", top_.token, "Its token")->type_name("T");
    top_app_.add_flag("--once", top_.once, "Print one look and end");
    top_app_.add_flag("--json", top_.json, "One look as JSON");
    warm_app_.add_option("FILE", warm_.prompts, "One prompt a line")->required();
    warm_app_.add_option("--model", warm_.model, "Name (default: the built-in model)")->type_name("MODEL");
    warm_app_.add_option(
        "--seed", warm_.seed, "Of all of them (default 0: what a recipe without a seed has)"
    );
    add_device_options(warm_app_, warm_.device, warm_.threads);
    warm_app_.footer(
        "A person's clip comes first: what is being made ahead is broken off for it, and goes on later.\n"
        "While a studio or a service runs, it makes them; else this command does."
    );
}

std::optional<ModuleCommand> ServiceOptions::parsed() const {
    return serve_app_.parsed()  ? std::optional<ModuleCommand>(serve_)
           : top_app_.parsed()  ? std::optional<ModuleCommand>(top_)
           : warm_app_.parsed() ? std::optional<ModuleCommand>(warm_)
                                : std::nullopt;
}

} // namespace rushes
