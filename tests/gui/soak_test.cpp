// Hundreds of clips in one session: memory stays flat, and what floods the window arrives as little.
#include "gui/studio_fixture.h"
#include "stage/stage_panel.h"

#include <atomic>
#include <fstream>
#include <latch>
#include <unistd.h>

namespace rushes::testing {
namespace {

class Soak : public StudioFixture {
protected:
    /// Resident memory of this process (proc(5), statm: second field, in pages).
    static double megabytes() {
        std::ifstream statm("/proc/self/statm");
        double total = 0;
        double resident = 0;
        statm >> total >> resident;
        return resident * static_cast<double>(::sysconf(_SC_PAGESIZE)) / (1 << 20);
    }
};

TEST_F(Soak, MemoryIsFlatOverTwoHundredClips) {
    constexpr int settle = 60; // caches fill, the allocator finds its size
    constexpr int all = 200;
    models_[0].lattice.sizes = {{64, 64}};
    models_[0].default_frames = 9;
    openStudio();
    double settled = 0;
    for (int clip = 0; clip < all; ++clip) {
        press(Qt::Key_Return, Qt::ControlModifier);
        ASSERT_TRUE(generated(clip)) << clip;
        if (clip == settle) {
            settled = megabytes();
        }
    }
    const double slope = (megabytes() - settled) / (all - settle);
    std::printf("%.3f MiB a clip\n", slope);
    EXPECT_LT(slope, 1.0);
}

/// Counted, not timed: however much the engine did while the window was busy, it takes the latest.
TEST_F(Soak, WhatTheEngineDidMeanwhileArrivesAsOne) {
    models_[0].default_frames = 81;
    std::latch nearly_done(1);
    std::atomic<int> units = 0;
    script_.at_step = [&](const Progress& progress, const std::stop_token&) {
        ++units;
        if (progress.phase == Phase::finishing) {
            nearly_done.count_down();
        }
    };
    openStudio();
    int seen = 0;
    QObject::connect(&window().session(), &ui::StudioSession::progressed, &window(), [&] { ++seen; });
    press(Qt::Key_Return, Qt::ControlModifier);
    ASSERT_TRUE(until([&] { return window().session().running(); }));
    nearly_done.wait(); // the window does nothing meanwhile
    const int before = seen;
    ASSERT_TRUE(generated(0));
    EXPECT_GT(units, 100);
    EXPECT_LE(seen - before, 3);
}

} // namespace
} // namespace rushes::testing
