// kill -9 of the whole service at random moments, with the built-in model: no job that was taken and no frame
// that was on the disk is lost, and every clip is made in the end. RUSHES_KILLS says how many.
#include "app/program.h"
#include "base/error.h"
#include "media/clip_reader.h"
#include "serve/socket.h"

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iostream>
#include <map>
#include <random>
#include <set>
#include <thread>

namespace rushes::app_test {
namespace {

namespace fs = std::filesystem;
using serve_test::ask;
using serve_test::WebSocket;

constexpr const char* token = "the-test-s-token";
constexpr int frames = 17;

int frames_in(const fs::path& clip) {
    try {
        ClipReader reader(clip);
        int count = 0;
        while (reader.next()) {
            ++count;
        }
        return count;
    } catch (const Error&) {
        return 0;
    }
}

class ServeKill : public ::testing::Test {
protected:
    void SetUp() override {
        if (test_model().empty()) {
            GTEST_SKIP() << "the built-in model is not here";
        }
        fs::remove_all(folder_);
        fs::create_directories(folder_ / "serve");
        fs::create_directories(videos());
    }

    void TearDown() override {
        service_.reset();
        std::error_code ignored;
        fs::remove_all(folder_, ignored);
    }

    fs::path videos() const { return folder_ / "Videos" / "Rushes"; }

    void start() {
        service_.reset();
        service_.emplace(
            folder_ / "serve",
            std::vector<std::string>{"serve", "--port", "0", "--token", token},
            std::vector<std::string>{"HOME=" + folder_.string()}
        );
        std::string out;
        while ((out = service_->out()).find('\n') == std::string::npos) {
            std::this_thread::yield();
        }
        const std::string url = out.substr(0, out.find("/?token="));
        port_ = static_cast<std::uint16_t>(std::atoi(url.c_str() + url.rfind(':') + 1));
    }

    serve_test::Headers bearer() const { return {{"Authorization", std::string("Bearer ") + token}}; }

    void add_job(int seed) {
        const nlohmann::json recipe{
            {"prompt", "a red ball bounces over the sea"}, {"seed", seed}, {"frames", frames}
        };
        const auto answer = ask(port_, "POST", "/v1/jobs", bearer(), recipe.dump());
        ASSERT_EQ(answer.status, 201) << answer.body;
        jobs_[answer.json()["job"]] = seed;
        pending_.push_back(answer.json()["job"]);
    }

    std::string state_of(const std::string& job) const {
        const auto answer = ask(port_, "GET", "/v1/jobs/" + job, bearer());
        return answer.status == 200 ? answer.json()["state"].get<std::string>() : "lost";
    }

    /// What this home holds, however small the step that added to it.
    std::uintmax_t bytes() const {
        std::uintmax_t sum = 0;
        std::error_code error;
        for (fs::recursive_directory_iterator at(folder_, error), end; !error && at != end;
             at.increment(error)) {
            std::error_code gone;
            const auto size = at->is_regular_file(gone) ? at->file_size(gone) : 0;
            sum += gone ? 0 : size;
        }
        return sum;
    }

    bool all_done() {
        std::erase_if(pending_, [&](const std::string& job) { return state_of(job) == "done"; });
        return pending_.empty();
    }

    /// Frames on the disk of clips that were not whole, by the name that they would have had.
    std::multimap<std::string, int> half_clips() const {
        std::multimap<std::string, int> found;
        for (const auto& entry : fs::directory_iterator(videos())) {
            const std::string name = entry.path().filename().string();
            if (const int count = name.starts_with('.') ? frames_in(entry.path()) : 0; count > 0) {
                found.emplace(name.substr(1, name.find(".mp4") - 1), count);
            }
        }
        return found;
    }

    bool has_clip(const std::string& stem, int count) const {
        return std::ranges::any_of(fs::directory_iterator(videos()), [&](const auto& entry) {
            const std::string name = entry.path().filename().string();
            return name.starts_with(stem) && name.ends_with(".mp4") && frames_in(entry.path()) == count;
        });
    }

    const fs::path folder_ = fs::temp_directory_path() / ("rushes-serve-kill-" + std::to_string(::getpid()));
    std::optional<Program> service_;
    std::uint16_t port_ = 0;
    std::map<std::string, int> jobs_;  ///< that were acknowledged, with their seeds
    std::vector<std::string> pending_; ///< of them those that may not be done yet
};

TEST_F(ServeKill, LosesNoJobAndNoFrame) {
    const char* const asked = std::getenv("RUSHES_KILLS");
    const int kills = asked != nullptr ? std::atoi(asked) : 6;
    std::mt19937 random(5);
    int half = 0;
    int kept_frames = 0;
    std::multimap<std::string, int> before;
    for (int kill = 0; kill <= kills; ++kill) { // the last start is not killed
        start();
        for (const auto& [stem, count] : before) {
            EXPECT_TRUE(has_clip(stem, count))
                << "kill " << kill << ": " << stem << " had " << count << " frames";
        }
        for (const auto& [job, seed] : jobs_) {
            const std::string state = state_of(job);
            EXPECT_TRUE(state != "lost" && state != "failed" && state != "cancelled")
                << "kill " << kill << ": job of seed " << seed << " is " << state;
        }
        if (kill == kills) {
            break;
        }
        add_job(kill);
        const auto until = bytes() + std::uniform_int_distribution<std::uintmax_t>(0, 150'000)(random);
        while (bytes() < until && !all_done()) {
            std::this_thread::yield();
        }
        service_->send(SIGKILL);
        service_->wait();
        before = half_clips();
        half += static_cast<int>(before.size());
        for (const auto& [stem, count] : before) {
            kept_frames += count;
        }
    }
    for (const auto& [job, seed] : jobs_) {
        WebSocket socket(port_, token);
        socket.send({{"action", "watch"}, {"job", job}});
        const auto end = socket.wait_for("complete");
        EXPECT_EQ(end["clip"]["frames"], frames) << "seed " << seed;
        EXPECT_EQ(end["clip"]["recipe"]["seed"], seed);
    }
    EXPECT_EQ(jobs_.size(), static_cast<std::size_t>(kills));
    std::cout << kills << " kills, " << half << " in the middle of a clip with " << kept_frames
              << " frames in all, " << jobs_.size() << " jobs made\n";
}

} // namespace
} // namespace rushes::app_test
