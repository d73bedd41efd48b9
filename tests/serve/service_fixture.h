// A real service on a real port, with a synthetic engine that a test can hold at any moment.
#pragma once

#include "serve/service.h"
#include "serve/socket.h"
#include "support/fake_engine.h"

#include <condition_variable>
#include <filesystem>
#include <functional>
#include <gtest/gtest.h>
#include <mutex>

namespace rushes::serve_test {

/// Holds the engine where a test wants to look.
class Gate {
public:
    /// From now on the engine waits when it gets to such a moment.
    void hold(std::function<bool(const Progress&)> moment) {
        {
            const std::lock_guard lock(mutex_);
            moment_ = std::move(moment);
            ++turn_; // where it stands now is another moment
            held_ = false;
        }
        changed_.notify_all();
    }

    void open() {
        {
            const std::lock_guard lock(mutex_);
            moment_ = nullptr;
        }
        changed_.notify_all();
    }

    /// Until the engine stands there.
    void wait_until_held() {
        std::unique_lock lock(mutex_);
        if (!changed_.wait_for(lock, std::chrono::minutes(1), [&] { return held_; })) {
            throw std::runtime_error("the engine did not get there within a minute");
        }
    }

    void at(const Progress& progress, const std::stop_token& stop) {
        std::unique_lock lock(mutex_);
        if (moment_ == nullptr || !moment_(progress)) {
            return;
        }
        held_ = true;
        const int turn = turn_;
        changed_.notify_all();
        changed_.wait(lock, stop, [&] { return moment_ == nullptr || turn_ != turn; });
        held_ = false;
    }

private:
    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::function<bool(const Progress&)> moment_;
    bool held_ = false;
    int turn_ = 0;
};

class ServiceTest : public ::testing::Test {
protected:
    static constexpr const char* token = "the-owner-s-token";
    static constexpr const char* guest = "a-guest-s-token";
    static constexpr const char* other_guest = "another-guest-s-token";

    ServiceTest()
        : folder_(
              std::filesystem::temp_directory_path() /
              (std::string("rushes-serve-") + ::testing::UnitTest::GetInstance()->current_test_info()->name())
          ) {
        std::filesystem::remove_all(folder_);
        std::filesystem::create_directories(folder_);
        script_.at_step = [this](const Progress& progress, const std::stop_token& stop) {
            gate_.at(progress, stop);
        };
        parts_.find_models = [] {
            return std::vector{testing::fake_causal_model(), testing::fake_full_model()};
        };
        parts_.make_engine = [this] { return std::make_unique<testing::FakeEngine>(script_); };
        parts_.queue = folder_ / "queue.db";
        parts_.library = folder_ / "library.db";
        parts_.videos = folder_ / "videos";
        parts_.unfinished = folder_ / "unfinished";
        parts_.checkpoints = folder_ / "checkpoints";
        parts_.kept_runs = folder_ / "kept";
        parts_.speeds = folder_ / "speeds.json";
        parts_.pictures = folder_ / "pictures";
        parts_.program_version = "test";
        options_.access.token = token;
        options_.access.guests = {guest, other_guest};
        options_.pages = std::filesystem::path(RUSHES_SOURCE_DIR) / "resources" / "serve";
    }

    /// While what a test's own class keeps for the service is still there.
    void TearDown() override {
        gate_.open();
        service_.reset();
    }

    ~ServiceTest() override {
        std::error_code ignored; // a browser's children may still write as they end
        std::filesystem::remove_all(folder_, ignored);
    }

    void start() { service_ = std::make_unique<serve::Service>(parts_, options_); }

    std::uint16_t port() const { return service_->port(); }

    static Headers bearer(const std::string& who = token) { return {{"Authorization", "Bearer " + who}}; }

    Answer get(const std::string& target, const std::string& who = token) const {
        return ask(port(), "GET", target, bearer(who));
    }

    Answer
    post_job(const std::string& recipe, const std::string& who = token, const std::string& key = {}) const {
        Headers headers = bearer(who);
        if (!key.empty()) {
            headers.emplace_back("Idempotency-Key", key);
        }
        return ask(port(), "POST", "/v1/jobs", headers, recipe);
    }

    /// Watches a job until it is over; the end's event.
    nlohmann::json wait_for_end(const std::string& job, const std::string& who = token) const {
        WebSocket socket(port(), who);
        socket.send({{"action", "watch"}, {"job", job}});
        return socket.wait_for("complete");
    }

    static bool first_final_frame(const Progress& progress) {
        return progress.phase == Phase::decoding && !progress.draft && progress.frames_done >= 1;
    }

    const std::filesystem::path folder_;
    Gate gate_;
    testing::FakeScript script_;
    serve::ServiceParts parts_;
    serve::ServiceOptions options_;
    std::unique_ptr<serve::Service> service_;
};

inline const char* const a_ball = R"({"prompt": "a red ball bounces", "model": "fake-causal", "seed": 5})";

} // namespace rushes::serve_test
