#include "commands/bench_player.h"

#include <gtest/gtest.h>

namespace rushes {
namespace {

TEST(BenchPlayer, AQuickEngineNeverRunsDry) {
    const PlayerResult result = play({0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8}, 10, 5);
    EXPECT_DOUBLE_EQ(result.start_seconds, 0.5);
    EXPECT_EQ(result.underruns, 0);
}

TEST(BenchPlayer, HoldsTheLastFrameUntilTheNextOneIsThere) {
    // Starts at 0.2; frames 0 and 1 are shown at 0.2 and 0.3, frame 2 is due at 0.4 and comes at 1.0.
    const PlayerResult result = play({0.1, 0.2, 1.0, 1.1}, 10, 2);
    EXPECT_EQ(result.underruns, 1);
    EXPECT_NEAR(result.held_seconds, 0.6, 1e-9);
}

TEST(BenchPlayer, ShortClipsStartWhenTheyAreWhole) {
    EXPECT_DOUBLE_EQ(play({0.1, 0.4}, 10, 5).start_seconds, 0.4);
    EXPECT_EQ(play({}, 10, 5).underruns, 0);
}

} // namespace
} // namespace rushes
