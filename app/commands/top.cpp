// rushes top: a service at a glance.
#include "base/bytes_in_words.h"
#include "commands/interrupt.h"
#include "commands/run_command.h"
#include "commands/terminal.h"
#include "metrics/alerts.h"
#include "serve/http_client.h"
#include "serve/service_note.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <nlohmann/json.hpp>

namespace rushes {
namespace {

using Json = nlohmann::ordered_json;

constexpr auto pause = std::chrono::seconds(1);
constexpr std::size_t most_jobs = 12;
constexpr std::size_t most_clients = 8;
constexpr std::size_t prompt_columns = 46;

serve::ServiceAddress address_of(const TopCommand& command) {
    const auto noted = serve::ServiceNote::read();
    if (command.url.empty() && !noted) {
        throw Error(
            ErrorKind::user,
            "No service runs on this machine.",
            "Start 'rushes serve', or give --url and --token."
        );
    }
    serve::ServiceAddress address = noted.value_or(serve::ServiceAddress());
    address.url = command.url.empty() ? address.url : command.url;
    address.token = command.token.empty() ? address.token : command.token;
    return address;
}

Json ask(const serve::ServiceAddress& address, const std::string& path) {
    const serve::Fetched answer = serve::fetch(address.url + path, address.token);
    const Json json = Json::parse(answer.body, nullptr, false);
    if (answer.status != 200 || !json.is_object()) {
        throw Error(
            ErrorKind::user,
            answer.status == 401 ? "The service does not know this token."
                                 : "The service answers with " + std::to_string(answer.status) + "."
        );
    }
    return json;
}

std::string padded(std::string text, std::size_t columns) {
    text.resize(std::max(text.size(), columns), ' ');
    return text;
}

std::string number_or_dash(const Json& value, double scale, int digits, const std::string& unit) {
    return value.is_number() ? fixed(value.get<double>() * scale, digits) + unit : "-";
}

/// What others wrote, cut between characters and not within one; nothing in it speaks to the terminal.
std::string shortened(std::string text) {
    std::ranges::replace_if(text, [](unsigned char letter) { return letter < 0x20 || letter == 0x7F; }, ' ');
    if (text.size() > prompt_columns) {
        std::size_t end = prompt_columns - 3;
        while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) {
            --end;
        }
        text = text.substr(0, end) + "...";
    }
    return text;
}

std::string phases_in_words(const Json& phases) {
    std::string text =
        padded("seconds", 14) + padded("P50", 10) + padded("P95", 10) + padded("P99", 10) + "clips\n";
    for (const auto& [name, summary] : phases.items()) {
        text += padded(name, 14);
        for (const char* quantile : {"p50", "p95", "p99"}) {
            text += padded(fixed(summary.at(quantile).get<double>(), 3), 10);
        }
        text += std::to_string(summary.at("count").get<std::int64_t>()) + "\n";
    }
    return text;
}

std::string jobs_in_words(const Json& jobs) {
    std::string text;
    std::size_t shown = 0;
    for (const Json& job : jobs) {
        if (shown++ == most_jobs) {
            text += "... and " + std::to_string(jobs.size() - most_jobs) + " more\n";
            break;
        }
        const std::string done =
            job.contains("frames_done") ? std::to_string(job["frames_done"].get<int>()) + " frames" : "";
        text += padded(job.at("state").get<std::string>(), 11) +
                padded(shortened(job.at("recipe").at("prompt").get<std::string>()), prompt_columns + 2) +
                done + "\n";
    }
    return text.empty() ? "Nothing was asked for.\n" : text;
}

/// Nothing for a guest, who is not told.
std::string clients_in_words(const Json& status) {
    const Json clients = status.value("clients", Json::array());
    std::string text;
    for (std::size_t i = 0; i < clients.size() && i < most_clients; ++i) {
        const Json& client = clients[i];
        const auto program = client.at("program").get<std::string>();
        const int clips = client.at("clips").get<int>();
        text += padded(client.at("owner").get<bool>() ? "owner" : "guest", 11) +
                padded(shortened(program.empty() ? "a program" : program), prompt_columns + 2) +
                padded(client.at("address").get<std::string>(), 17) +
                (clips == 1 ? "1 clip" : std::to_string(clips) + " clips") + "\n";
    }
    if (clients.size() > most_clients) {
        text += "... and " + std::to_string(clients.size() - most_clients) + " more\n";
    }
    return text.empty() ? text : "\n" + text;
}

std::string in_words(const serve::ServiceAddress& address, const Json& status, const Json& jobs) {
    std::string text = "rushes at " + address.url + "\n\n";
    text += "waiting " + status.at("waiting").dump() + "   connections " + status.at("connections").dump() +
            "   viewers " + status.at("viewers").dump() + "   device " +
            number_or_dash(status.at("device_use"), 100, 0, " %") + "   memory " +
            bytes_in_words(status.at("memory_bytes").get<std::uint64_t>()) + "\n";
    text += "frames/s " + fixed(status.at("frame_rate").get<double>(), 1) + "   SSIM " +
            number_or_dash(status.at("ssim"), 1, 3, "") + "   flicker " +
            number_or_dash(status.at("flicker"), 1, 2, "") + "   dry stages " +
            status.at("dry_stages").dump() + "   cost " + fixed(status.at("cost").get<double>(), 4) + "\n\n";
    text += phases_in_words(status.at("phases")) + "\n";
    text += jobs_in_words(jobs.at("jobs")) + clients_in_words(status);
    for (const Json& alert : status.at("alerts")) {
        text += "\n! " + alert.at("sentence").get<std::string>();
    }
    return text + (status.at("alerts").empty() ? "" : "\n");
}

} // namespace

int run_top(const TopCommand& command) {
    InterruptWatch interrupt;
    const std::stop_token stop = interrupt.token();
    const serve::ServiceAddress address = address_of(command);
    std::mutex mutex;
    std::unique_lock lock(mutex);
    std::condition_variable_any timer;
    while (true) {
        Json status = ask(address, "/v1/status");
        const Json jobs = ask(address, "/v1/jobs");
        if (command.json) {
            status["jobs"] = jobs.at("jobs");
            print(status.dump(2) + "\n");
            return exit_ok;
        }
        const std::string text = in_words(address, status, jobs);
        if (command.once || !is_terminal()) {
            print(text);
            return exit_ok;
        }
        print("\x1b[H\x1b[2J" + text);
        if (timer.wait_for(lock, stop, pause, [&] { return stop.stop_requested(); })) {
            return exit_ok;
        }
    }
}

} // namespace rushes
