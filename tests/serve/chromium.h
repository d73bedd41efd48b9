// A real headless Chromium, driven by its DevTools protocol through a pipe (no port, no library).
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <sys/types.h>

namespace rushes::serve_test {

/// The browser's program on this machine; empty when there is none that can be run headless.
std::filesystem::path find_chromium();

class Chromium {
public:
    /// Starts it; `profile` is a folder of its own.
    explicit Chromium(const std::filesystem::path& profile);
    ~Chromium();
    Chromium(const Chromium&) = delete;
    Chromium& operator=(const Chromium&) = delete;

    struct Size {
        int width = 1600;
        int height = 1000;
        double scale = 1;
        bool phone = false;
    };

    /// A new page, open when it returns. The number is for the calls below.
    int open(const std::string& url, const Size& size, const std::string& scheme = "dark");
    /// The value of a JavaScript expression (a promise is waited for). Throws what it throws.
    nlohmann::json evaluate(int page, const std::string& expression);
    /// Until the expression is true; throws with what it was after a minute.
    void wait_until(int page, const std::string& expression);
    /// As somebody types it: "Escape", "Enter", " ".
    void press(int page, const std::string& key, int modifiers = 0);
    void screenshot(int page, const std::filesystem::path& png);

    /// What the page's console said of errors.
    std::string problems() const { return problems_; }

private:
    nlohmann::json call(const std::string& method, nlohmann::json params, const std::string& session = {});
    nlohmann::json read();

    pid_t child_ = -1;
    int to_ = -1;
    int from_ = -1;
    int last_id_ = 0;
    std::string pending_;
    std::string problems_;
    std::vector<std::string> sessions_;
};

} // namespace rushes::serve_test
