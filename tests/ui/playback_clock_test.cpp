#include "stage/playback_clock.h"

#include <gtest/gtest.h>

namespace rushes::ui {
namespace {

using namespace std::chrono_literals;

class PlaybackClockTest : public ::testing::Test {
protected:
    std::int64_t after(std::chrono::milliseconds time) {
        now_ += time;
        return clock_.tick(now_);
    }

    void SetUp() override { clock_.reset(10); } // 100 ms a frame

    PlaybackClock clock_;
    PlaybackClock::Time now_{};
};

TEST_F(PlaybackClockTest, ShowsEachFrameInItsTime) {
    clock_.setAvailable(10, false);
    clock_.play(now_);
    EXPECT_EQ(after(50ms), 0);
    EXPECT_EQ(after(50ms), 1);
    EXPECT_EQ(after(250ms), 3);
}

TEST_F(PlaybackClockTest, LoopsOverAFinishedClipWithoutDrift) {
    clock_.setAvailable(4, false);
    clock_.play(now_);
    EXPECT_EQ(after(350ms), 3);
    EXPECT_EQ(after(100ms), 0);
    EXPECT_EQ(after(4000ms), 0); // ten rounds: the same place
    EXPECT_EQ(after(60ms), 1);
}

TEST_F(PlaybackClockTest, StopsAtTheEndWithoutLooping) {
    clock_.setLooping(false);
    clock_.setAvailable(4, false);
    clock_.play(now_);
    EXPECT_EQ(after(1000ms), 3);
    EXPECT_FALSE(clock_.playing());
    clock_.play(now_); // play at the end starts again
    EXPECT_EQ(clock_.index(), 0);
}

TEST_F(PlaybackClockTest, HoldsTheLastFrameWhenDryAndGoesOnAtOnce) {
    clock_.setAvailable(3, true);
    clock_.play(now_);
    EXPECT_EQ(after(500ms), 2);
    EXPECT_TRUE(clock_.dry());
    EXPECT_EQ(clock_.underruns(), 1);
    EXPECT_EQ(after(500ms), 2);
    EXPECT_EQ(clock_.underruns(), 1); // one drought is one underrun
    clock_.setAvailable(8, true);
    EXPECT_FALSE(clock_.dry());
    EXPECT_EQ(after(1ms), 3); // due since long
    EXPECT_EQ(after(100ms), 4);
}

TEST_F(PlaybackClockTest, LoopsOverWhatExistsAfterALongDrought) {
    clock_.setAvailable(3, true);
    clock_.play(now_);
    after(400ms);
    EXPECT_EQ(after(PlaybackClock::drought_before_loop), 0);
    EXPECT_EQ(after(100ms), 1);
}

TEST_F(PlaybackClockTest, AClipThatNeverRunsDryCountsNothing) {
    clock_.setAvailable(5, true);
    clock_.play(now_);
    for (int i = 0; i < 50; ++i) {
        clock_.setAvailable(5 + i, true);
        after(100ms);
    }
    EXPECT_EQ(clock_.underruns(), 0);
    EXPECT_EQ(clock_.index(), 50);
}

TEST_F(PlaybackClockTest, PlaysBetweenTheMarks) {
    clock_.setAvailable(10, false);
    clock_.setMarks(7, 4); // whichever order
    clock_.seek(4);
    clock_.play(now_);
    EXPECT_EQ(after(350ms), 7);
    EXPECT_EQ(after(100ms), 4);
}

TEST_F(PlaybackClockTest, MarksInsideAGrowingClipLoop) {
    clock_.setAvailable(10, true);
    clock_.setMarks(2, 5);
    clock_.seek(2);
    clock_.play(now_);
    EXPECT_EQ(after(410ms), 2);
    EXPECT_EQ(clock_.underruns(), 0);
}

TEST_F(PlaybackClockTest, PlaysBackwards) {
    clock_.setAvailable(10, false);
    clock_.seek(5);
    clock_.setSpeed(-1);
    clock_.play(now_);
    EXPECT_EQ(after(100ms), 4);
    EXPECT_EQ(after(500ms), 9); // round the start to the end
}

TEST_F(PlaybackClockTest, SteppingPausesAndStaysInside) {
    clock_.setAvailable(3, false);
    clock_.play(now_);
    clock_.step(1);
    EXPECT_FALSE(clock_.playing());
    EXPECT_EQ(clock_.index(), 1);
    clock_.step(10);
    EXPECT_EQ(clock_.index(), 2);
    clock_.step(-10);
    EXPECT_EQ(clock_.index(), 0);
    EXPECT_EQ(after(1000ms), 0);
}

TEST_F(PlaybackClockTest, NothingToShowIsFrameZero) {
    clock_.play(now_);
    EXPECT_EQ(after(1000ms), 0);
    clock_.seek(5);
    EXPECT_EQ(clock_.index(), 0);
}

TEST_F(PlaybackClockTest, APauseDoesNotCountAsTime) {
    clock_.setAvailable(10, false);
    clock_.play(now_);
    after(100ms);
    clock_.pause();
    after(5000ms);
    clock_.play(now_);
    EXPECT_EQ(after(100ms), 2);
}

} // namespace
} // namespace rushes::ui
