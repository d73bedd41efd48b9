// What viewers cost, and how quickly a browser sees a frame: the real `rushes serve` with the built-in model,
// asked through real sockets.
//
//   serve_bench [PROGRAM] [--rounds N] [--studio] [--no-page] [--page-only]
//
// PROGRAM: ../bin/rushes beside this one unless given. --studio: the service of the window (which is drawn,
// but nowhere shown) in place of `rushes serve`. Needs Chromium for the page.
#include "base/processor_load.h"
#include "metrics/percentiles.h"
#include "serve/chromium.h"
#include "serve/socket.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <poll.h>
#include <spawn.h>
#include <sstream>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

extern char** environ;

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;
using namespace rushes::serve_test;

constexpr int viewers = 100;
constexpr int idle_connections = 1000;
constexpr int passing_connections = 10'000;

/// The program under test, in a world of its own.
class Server {
public:
    Server(const fs::path& program, bool studio)
        : home_(fs::temp_directory_path() / ("rushes-serve-bench-" + std::to_string(::getpid()))) {
        fs::create_directories(home_);
        const std::string out = (home_ / "out.txt").string();
        std::vector<std::string> arguments{program.string(), "serve", "--port", "0"};
        if (studio) {
            fs::create_directories(home_ / ".config" / "rushes");
            std::ofstream(home_ / ".config" / "rushes" / "studio.ini")
                << "[network]\nserve=true\nserve_port=0\n";
            arguments = {program.string(), "studio"};
        }
        std::vector<std::string> variables{
            "HOME=" + home_.string(),
            "PATH=/usr/bin:/bin",
            "LANG=C.UTF-8",
            "QT_QPA_PLATFORM=offscreen",
            "RUSHES_RESOURCES=" RUSHES_SOURCE_DIR "/resources"
        };
        posix_spawn_file_actions_t actions;
        ::posix_spawn_file_actions_init(&actions);
        ::posix_spawn_file_actions_addopen(&actions, 1, out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
        if (::posix_spawn(
                &child_,
                arguments[0].c_str(),
                &actions,
                nullptr,
                pointers(arguments).data(),
                pointers(variables).data()
            ) != 0) {
            throw std::runtime_error("cannot start " + program.string());
        }
        ::posix_spawn_file_actions_destroy(&actions);
        wait_for_address();
    }

    ~Server() {
        ::kill(child_, SIGTERM);
        ::waitpid(child_, nullptr, 0);
        fs::remove_all(home_);
    }

    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    std::uint16_t port() const { return port_; }

    const std::string& token() const { return token_; }

    const fs::path& home() const { return home_; }

    /// Of all its threads, so far.
    double processor_seconds() const {
        std::ifstream file("/proc/" + std::to_string(child_) + "/stat");
        std::string text;
        std::getline(file, text);
        std::istringstream fields(text.substr(text.rfind(')') + 2)); // proc(5): from the third one on
        std::string skipped;
        for (int field = 3; field < 14; ++field) {
            fields >> skipped;
        }
        double user = 0;
        double system = 0;
        fields >> user >> system;
        return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
    }

    double memory_mb() const {
        std::ifstream status("/proc/" + std::to_string(child_) + "/status");
        for (std::string word; status >> word;) {
            if (word == "VmRSS:") {
                double kib = 0;
                status >> kib;
                return kib / 1000;
            }
        }
        return 0;
    }

private:
    static std::vector<char*> pointers(std::vector<std::string>& texts) {
        std::vector<char*> all;
        for (std::string& text : texts) {
            all.push_back(text.data());
        }
        all.push_back(nullptr);
        return all;
    }

    /// Both leave a note for `rushes top`.
    void wait_for_address() {
        for (int tries = 0; tries < 6000; ++tries) {
            std::ifstream file(home_ / ".local" / "state" / "rushes" / "service.json");
            const Json note = Json::parse(file, nullptr, false);
            if (note.is_object()) {
                const std::string url = note.at("url");
                port_ = static_cast<std::uint16_t>(std::atoi(url.c_str() + url.rfind(':') + 1));
                token_ = note.at("token");
                return;
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
        throw std::runtime_error("the service did not start within a minute");
    }

    fs::path home_;
    pid_t child_ = -1;
    std::uint16_t port_ = 0;
    std::string token_;
};

Json recipe(int seed, int frames) {
    return {{"prompt", "a red ball bounces over the sea"}, {"seed", seed}, {"frames", frames}};
}

/// Makes one clip and gives the seconds that the engine took.
double seconds_of_clip(WebSocket& socket, int seed, int frames) {
    socket.send({{"action", "generate"}, {"recipe", recipe(seed, frames)}});
    socket.events.clear();
    socket.frames.clear();
    const Json end = socket.wait_for("complete");
    return end["clip"]["report"]["total_seconds"];
}

/// Many connections that read what comes, on a thread of its own.
class Crowd {
public:
    Crowd(const Server& server, int count) {
        for (int i = 0; i < count; ++i) {
            members_.push_back(std::make_unique<WebSocket>(server.port(), server.token()));
        }
    }

    ~Crowd() { stop(); }

    Crowd(const Crowd&) = delete;
    Crowd& operator=(const Crowd&) = delete;

    void watch(const std::string& job) {
        for (auto& member : members_) {
            member->send({{"action", "watch"}, {"job", job}});
        }
        thread_ = std::thread([this] { drain(); });
    }

    void stop() {
        ending_ = true;
        if (thread_.joinable()) {
            thread_.join();
        }
        ending_ = false;
    }

    std::int64_t bytes() const { return bytes_; }

private:
    void drain() {
        std::vector<pollfd> waited;
        for (auto& member : members_) {
            waited.push_back({.fd = member->socket().handle(), .events = POLLIN, .revents = 0});
        }
        std::vector<char> buffer(1 << 18);
        while (!ending_) {
            ::poll(waited.data(), waited.size(), 20);
            for (pollfd& one : waited) {
                if ((one.revents & POLLIN) != 0) {
                    const ssize_t got = ::recv(one.fd, buffer.data(), buffer.size(), MSG_DONTWAIT);
                    bytes_ += got > 0 ? got : 0;
                }
            }
        }
    }

    std::vector<std::unique_ptr<WebSocket>> members_;
    std::thread thread_;
    std::atomic<bool> ending_{false};
    std::atomic<std::int64_t> bytes_{0};
};

void say(const std::string& what, double value, const char* unit, const std::string& goal) {
    std::printf("%-58s %9.2f %-3s  goal %s\n", what.c_str(), value, unit, goal.c_str());
    std::fflush(stdout);
}

/// The same clip watched by nobody but its maker and by a hundred more, in turn: A B B A ...
void measure_viewers(const Server& server, int rounds) {
    constexpr int frames = 129;
    WebSocket maker(server.port(), server.token());
    seconds_of_clip(maker, 1, frames); // warm
    std::vector<double> alone;
    std::vector<double> watched;
    int seed = 1000;
    std::int64_t bytes = 0;
    std::vector<double> work_alone;
    std::vector<double> work_watched;
    for (int round = 0; round < rounds * 2; ++round) {
        const bool with_crowd = (round % 4 == 1) || (round % 4 == 2);
        const double before = server.processor_seconds();
        if (!with_crowd) {
            alone.push_back(seconds_of_clip(maker, ++seed, frames));
            work_alone.push_back(server.processor_seconds() - before);
            continue;
        }
        Crowd crowd(server, viewers);
        maker.send({{"action", "generate"}, {"recipe", recipe(++seed, frames)}});
        crowd.watch(maker.wait_for("queued")["job"]);
        watched.push_back(maker.wait_for("complete")["clip"]["report"]["total_seconds"]);
        crowd.stop();
        work_watched.push_back(server.processor_seconds() - before);
        bytes = crowd.bytes();
    }
    const double base = rushes::percentile(alone, 50);
    const double with = rushes::percentile(watched, 50);
    say("a clip of 129 frames, watched by its maker (median)", base, "s", "-");
    say("the same, watched by 100 more (median)", with, "s", "-");
    say("each of them got (bytes of the last clip)", double(bytes) / viewers / 1000, "kB", "-");
    say("100 viewers cost the generation (with them on this machine)",
        (with / base - 1) * 100,
        "%",
        "at most 10 %");
    const double work = rushes::percentile(work_alone, 50);
    say("100 viewers cost the service in processor time",
        (rushes::percentile(work_watched, 50) / work - 1) * 100,
        "%",
        "at most 10 %");
}

void measure_idle(const Server& server) {
    const double before = server.memory_mb();
    std::vector<std::unique_ptr<WebSocket>> idle;
    for (int i = 0; i < idle_connections; ++i) {
        idle.push_back(std::make_unique<WebSocket>(server.port(), server.token()));
    }
    say("memory of 1,000 idle connections", server.memory_mb() - before, "MB", "under 60 MB");
}

void measure_passing(const Server& server) {
    double after_warm_up = 0;
    for (int i = 0; i < passing_connections; ++i) {
        WebSocket socket(server.port(), server.token());
        if (i == passing_connections / 10) {
            after_warm_up = server.memory_mb();
        }
    }
    say("memory after 10,000 connections, beyond that after 1,000",
        server.memory_mb() - after_warm_up,
        "MB",
        "flat");
}

/// Each frame's way, by the page's own clock, which is the machine's.
void measure_page(const Server& server, int rounds) {
    if (find_chromium().empty()) {
        std::printf("no Chromium here: the page is not measured\n");
        return;
    }
    Chromium chromium(server.home() / "profile");
    const int page = chromium.open(
        "http://127.0.0.1:" + std::to_string(server.port()) + "/?token=" + server.token(), {1280, 720}
    );
    chromium.wait_until(page, "rushes.stream?.open && document.getElementById('model').value");
    chromium.evaluate(
        page,
        "document.getElementById('live').click(); const prompt = document.getElementById('prompt'); "
        "prompt.value = "
        "'a yellow star spins in the night'; prompt.dispatchEvent(new Event('input', {bubbles: true}))"
    );
    std::vector<double> first;
    std::vector<double> ways;
    for (int round = 0; round < rounds + 1; ++round) {
        chromium.evaluate(page, "document.getElementById('generate').click()");
        chromium.wait_until(page, "rushes.running === null && rushes.player.count >= 33");
        const Json shown = chromium.evaluate(
            page,
            "rushes.player.shown.filter(({kind}) => kind === 'final').map(({made, shown}) => shown - made)"
        );
        chromium.evaluate(page, "rushes.player.begin('none', {fps: 1, frames: 1})");
        if (round == 0) {
            continue; // warm
        }
        first.push_back(shown.at(0).get<double>());
        for (const Json& way : shown) {
            ways.push_back(way.get<double>());
        }
    }
    say("first frame: engine to canvas (median)", rushes::percentile(first, 50), "ms", "at most 60 ms");
    say("first frame: engine to canvas (P95)", rushes::percentile(first, 95), "ms", "-");
    say("a frame's way from decoder to canvas (median)", rushes::percentile(ways, 50), "ms", "-");
    say("a frame's way from decoder to canvas (P95)", rushes::percentile(ways, 95), "ms", "at most 30 ms");
    say("frames drawn, of those made", 100.0 * double(ways.size()) / (33.0 * rounds), "%", "-");
}

/// Other programs on the same cores are part of the figure.
void say_load() {
    rushes::OtherPrograms others;
    others.busy_cores();
    std::this_thread::sleep_for(std::chrono::seconds(1));
    std::printf(
        "other programs keep %.1f of %u cores busy\n",
        others.busy_cores(),
        std::thread::hardware_concurrency()
    );
}

} // namespace

int main(int argc, char** argv) {
    fs::path program = fs::canonical("/proc/self/exe").parent_path().parent_path() / "bin" / "rushes";
    int rounds = 5;
    bool with_page = true;
    bool with_rest = true;
    bool studio = false;
    for (int i = 1; i < argc; ++i) {
        if (std::strcmp(argv[i], "--rounds") == 0 && i + 1 < argc) {
            rounds = std::max(1, std::atoi(argv[++i]));
        } else if (std::strcmp(argv[i], "--no-page") == 0) {
            with_page = false;
        } else if (std::strcmp(argv[i], "--page-only") == 0) {
            with_rest = false;
        } else if (std::strcmp(argv[i], "--studio") == 0) {
            studio = true;
        } else {
            program = argv[i];
        }
    }
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
    try {
        say_load();
        const Server server(program, studio);
        if (with_page) {
            measure_page(server, rounds);
        }
        if (with_rest) {
            measure_viewers(server, rounds);
            measure_idle(server);
            measure_passing(server);
        }
        say_load();
    } catch (const std::exception& error) {
        std::fprintf(stderr, "failed: %s\n", error.what());
        return 1;
    }
    return 0;
}
