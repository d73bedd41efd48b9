#include "serve/chromium.h"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <poll.h>
#include <spawn.h>
#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace rushes::serve_test {
namespace {

using Json = nlohmann::json;
using Clock = std::chrono::steady_clock;

constexpr int a_minute = 60'000;

std::string from_base64(const std::string& text) {
    const std::string digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string bytes;
    unsigned bits = 0;
    int held = 0;
    for (const char c : text) {
        const std::size_t value = digits.find(c);
        if (value == std::string::npos) {
            break;
        }
        bits = bits << 6 | static_cast<unsigned>(value);
        held += 6;
        if (held >= 8) {
            held -= 8;
            bytes += static_cast<char>(bits >> held & 0xFF);
        }
    }
    return bytes;
}

} // namespace

std::filesystem::path find_chromium() {
    if (const char* const given = std::getenv("RUSHES_CHROMIUM"); given != nullptr && *given != '\0') {
        return given;
    }
    // Ubuntu's /usr/bin/chromium-browser starts a snap, which runs neither in a container nor by these tests.
    for (const char* program :
         {"/usr/bin/chromium-headless-shell", "/usr/bin/chromium", "/usr/bin/google-chrome"}) {
        if (std::filesystem::exists(program)) {
            return program;
        }
    }
    return {};
}

Chromium::Chromium(const std::filesystem::path& profile) {
    int in[2];
    int out[2];
    if (::pipe2(in, O_CLOEXEC) != 0 || ::pipe2(out, O_CLOEXEC) != 0) {
        throw std::runtime_error("no pipe for Chromium");
    }
    std::vector<std::string> arguments{
        find_chromium().string(),
        "--headless",
        "--no-sandbox", // containers have none
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--hide-scrollbars",
        "--remote-debugging-pipe",
        "--user-data-dir=" + profile.string(),
        "about:blank"
    };
    std::vector<char*> argv;
    for (std::string& argument : arguments) {
        argv.push_back(argument.data());
    }
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    ::posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    // It reads commands from 3 and writes to 4, which may be ours: by way of numbers that are nobody's.
    ::posix_spawn_file_actions_adddup2(&actions, in[0], 103);
    ::posix_spawn_file_actions_adddup2(&actions, out[1], 104);
    ::posix_spawn_file_actions_adddup2(&actions, 103, 3);
    ::posix_spawn_file_actions_adddup2(&actions, 104, 4);
    const int refused = ::posix_spawn(&child_, argv[0], &actions, nullptr, argv.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(in[0]);
    ::close(out[1]);
    to_ = in[1];
    from_ = out[0];
    if (refused != 0) {
        throw std::runtime_error("cannot start " + arguments[0]);
    }
}

Chromium::~Chromium() {
    ::close(to_);
    ::close(from_);
    if (child_ > 0) {
        ::kill(child_, SIGTERM);
        ::waitpid(child_, nullptr, 0);
    }
}

Json Chromium::read() {
    while (true) {
        if (const std::size_t end = pending_.find('\0'); end != std::string::npos) {
            const std::string text = pending_.substr(0, end);
            pending_.erase(0, end + 1);
            return Json::parse(text);
        }
        pollfd waited{.fd = from_, .events = POLLIN, .revents = 0};
        if (::poll(&waited, 1, a_minute) <= 0) {
            throw std::runtime_error("Chromium has said nothing for a minute");
        }
        std::string bytes(65536, '\0');
        const ssize_t got = ::read(from_, bytes.data(), bytes.size());
        if (got <= 0) {
            throw std::runtime_error("Chromium has ended");
        }
        pending_.append(bytes, 0, static_cast<std::size_t>(got));
    }
}

Json Chromium::call(const std::string& method, Json params, const std::string& session) {
    const int id = ++last_id_;
    Json message{{"id", id}, {"method", method}, {"params", std::move(params)}};
    if (!session.empty()) {
        message["sessionId"] = session;
    }
    std::string text = message.dump() + '\0';
    for (std::size_t sent = 0; sent < text.size();) {
        const ssize_t more = ::write(to_, text.data() + sent, text.size() - sent);
        if (more <= 0) {
            throw std::runtime_error("Chromium has ended");
        }
        sent += static_cast<std::size_t>(more);
    }
    while (true) {
        Json answer = read();
        if (answer.value("id", 0) == id) {
            if (answer.contains("error")) {
                throw std::runtime_error(method + ": " + answer["error"].dump());
            }
            return answer["result"];
        }
        const std::string event = answer.value("method", "");
        if (event == "Runtime.exceptionThrown" ||
            (event == "Log.entryAdded" && answer["params"]["entry"]["level"] == "error")) {
            problems_ += answer["params"].dump() + "\n";
        }
    }
}

int Chromium::open(const std::string& url, const Size& size, const std::string& scheme) {
    // Each page is a window of its own: one behind another would not be painted.
    const std::string target =
        call("Target.createTarget", {{"url", "about:blank"}, {"newWindow", true}})["targetId"];
    sessions_.push_back(call("Target.attachToTarget", {{"targetId", target}, {"flatten", true}})["sessionId"]
    );
    const std::string& session = sessions_.back();
    call("Page.enable", Json::object(), session);
    call("Runtime.enable", Json::object(), session);
    call("Log.enable", Json::object(), session);
    call(
        "Emulation.setDeviceMetricsOverride",
        {{"width", size.width},
         {"height", size.height},
         {"deviceScaleFactor", size.scale},
         {"mobile", size.phone}},
        session
    );
    call(
        "Emulation.setEmulatedMedia",
        {{"features", {{{"name", "prefers-color-scheme"}, {"value", scheme}}}}},
        session
    );
    call("Page.navigate", {{"url", url}}, session);
    const int page = static_cast<int>(sessions_.size()) - 1;
    wait_until(page, "document.readyState === 'complete'");
    return page;
}

Json Chromium::evaluate(int page, const std::string& expression) {
    const Json result = call(
        "Runtime.evaluate",
        {{"expression", expression}, {"awaitPromise", true}, {"returnByValue", true}},
        sessions_.at(static_cast<std::size_t>(page))
    );
    if (result.contains("exceptionDetails")) {
        throw std::runtime_error(expression + ": " + result["exceptionDetails"].dump());
    }
    return result["result"].value("value", Json());
}

void Chromium::wait_until(int page, const std::string& expression) {
    const auto end = Clock::now() + std::chrono::milliseconds(a_minute);
    // The browser looks at every frame that it paints; so many milliseconds at a time, so that a page that is
    // left meanwhile is no reason to wait for ever.
    const std::string look =
        "new Promise(done => { const end = Date.now() + 500; const look = () => { let is = false; try { is = "
        "!!(" +
        expression + "); } catch {} is || Date.now() > end ? done(is) : setTimeout(look, 5); }; look(); })";
    while (true) {
        try {
            if (evaluate(page, look) == true) {
                return;
            }
        } catch (const std::runtime_error&) {
            if (Clock::now() > end) {
                throw;
            }
        }
        if (Clock::now() > end) {
            throw std::runtime_error("after a minute it is still not so: " + expression + "\n" + problems_);
        }
    }
}

void Chromium::press(int page, const std::string& key, int modifiers) {
    const std::string text = key == "Enter" ? "\r" : key.size() == 1 ? key : "";
    for (const char* type : {"keyDown", "keyUp"}) {
        Json params{{"type", type}, {"key", key}, {"modifiers", modifiers}};
        params["code"] = key == " " ? "Space" : key;
        if (!text.empty() && std::string(type) == "keyDown") {
            params["text"] = text;
        }
        params["windowsVirtualKeyCode"] = key == "Enter"    ? 13
                                          : key == "Escape" ? 27
                                          : key == "Tab"    ? 9
                                          : key == " "      ? 32
                                                            : 0;
        call("Input.dispatchKeyEvent", params, sessions_.at(static_cast<std::size_t>(page)));
    }
}

void Chromium::screenshot(int page, const std::filesystem::path& png) {
    const Json shot =
        call("Page.captureScreenshot", {{"format", "png"}}, sessions_.at(static_cast<std::size_t>(page)));
    std::ofstream(png, std::ios::binary) << from_base64(shot["data"].get<std::string>());
}

} // namespace rushes::serve_test
