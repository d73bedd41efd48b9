// A run beside other programs.
#include "generation/torch_engine.h"
#include "support/fake_engine.h"
#include "support/fake_pipeline.h"

#include <chrono>
#include <csignal>
#include <ctime>
#include <gtest/gtest.h>
#include <set>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include <ATen/Parallel.h>

namespace rushes {
namespace {

/// Keeps a core busy while it lives, as a compiler would.
class BusyProgram {
public:
    BusyProgram() : id_(::fork()) {
        if (id_ == 0) {
            ::prctl(PR_SET_PDEATHSIG, SIGKILL);
            while (::clock() != -1) { // a clock that never goes back that far
            }
        }
    }

    ~BusyProgram() {
        ::kill(id_, SIGKILL);
        ::waitpid(id_, nullptr, 0);
    }

    BusyProgram(const BusyProgram&) = delete;
    BusyProgram& operator=(const BusyProgram&) = delete;

private:
    pid_t id_;
};

/// The threads that each step of a run computed with; a step takes `time`.
std::vector<int> threads_of_steps(int threads, std::chrono::milliseconds time) {
    testing::FakeCalls calls;
    std::vector<int> seen;
    calls.at_call = [&](const std::string& call) {
        if (call.starts_with("step")) {
            std::this_thread::sleep_for(time);
            seen.push_back(at::get_num_threads());
        }
    };
    TorchEngine engine(
        EngineOptions{.device = "cpu", .threads = threads},
        [&](const ModelInfo& info, const LoadOptions& options, std::stop_token stop) {
            return testing::make_fake_pipeline(info, options, calls, std::move(stop));
        }
    );
    Recipe recipe;
    recipe.prompt = "a red ball";
    recipe.frames = 5;
    engine.run(make_plan(recipe, testing::fake_causal_model()), {}, {}, {});
    return seen;
}

TEST(ComputingThreads, ARunLeavesTheCoreThatAnotherProgramUses) {
    const auto cores = static_cast<int>(std::thread::hardware_concurrency());
    if (cores < 2) {
        GTEST_SKIP() << "this machine has one core";
    }
    const BusyProgram busy;
    // Longer than the tenth of a second over which the others are measured.
    const std::vector<int> seen = threads_of_steps(0, std::chrono::milliseconds(150));
    ASSERT_EQ(seen.size(), 8U);
    EXPECT_LT(seen.back(), cores);
    EXPECT_GE(seen.back(), (cores + 1) / 2) << "a fair share is kept";
}

TEST(ComputingThreads, ANumberThatWasAskedForIsKept) {
    const BusyProgram busy;
    const std::vector<int> seen = threads_of_steps(3, std::chrono::milliseconds(50));
    EXPECT_EQ(std::set<int>(seen.begin(), seen.end()), std::set<int>{3});
}

} // namespace
} // namespace rushes
