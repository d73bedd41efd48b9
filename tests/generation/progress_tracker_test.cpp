#include "generation/progress_tracker.h"
#include "support/fake_engine.h"

#include <gtest/gtest.h>

namespace rushes {
namespace {

/// A causal clip of nine frames (three blocks, four steps) whose time the test owns.
class Tracker : public ::testing::Test {
protected:
    Tracker() {
        Recipe recipe;
        recipe.frames = 9;
        plan_ = make_plan(recipe, testing::fake_causal_model());
        plan_.pass_work = {{.denoise = 30, .decode = 9}};
        plan_.work = 39;
    }

    ProgressTracker::Time at(double seconds) const {
        return ProgressTracker::Time() + std::chrono::duration_cast<ProgressTracker::Time::duration>(
                                             std::chrono::duration<double>(seconds)
                                         );
    }

    void begin(ProgressTracker& tracker, int blocks) const {
        tracker.begin_pass(0, at(0));
        tracker.begin_blocks(blocks, at(0));
    }

    /// One block: a second a step (and one for the cache is left out), then its frames, a tenth of a second
    /// each.
    double block(ProgressTracker& tracker, int number, int frames, double now, double step_seconds = 1) {
        for (int step = 1; step <= 4; ++step) {
            tracker.begin_step(number, step, at(now));
            shown_.push_back(tracker.progress());
            now += step_seconds;
        }
        tracker.block_denoised(number, at(now));
        tracker.begin_decoding(at(now));
        now += 0.1 * frames;
        tracker.frames_decoded(frames, tracker.progress().frames_done + frames, at(now));
        shown_.push_back(tracker.progress());
        return now;
    }

    Plan plan_;
    std::vector<Progress> shown_;
};

TEST_F(Tracker, CountsByWork) {
    ProgressTracker tracker(plan_, at(0));
    begin(tracker, 3);
    EXPECT_EQ(tracker.progress().seconds_left, -1) << "nothing is known before the first step";
    block(tracker, 1, 1, 0);
    EXPECT_NEAR(tracker.progress().denoised, 1.0 / 3, 1e-9);
    EXPECT_NEAR(tracker.progress().decoded, 1.0 / 9, 1e-9);
    EXPECT_NEAR(tracker.progress().fraction, (10 + 1) / 39.0, 1e-9);
}

TEST_F(Tracker, SecondsLeftComeFromThisRunsOwnPace) {
    ProgressTracker tracker(plan_, at(0));
    begin(tracker, 3);
    block(tracker, 1, 1, 0);
    // Two blocks of four seconds and eight frames of a tenth are left.
    EXPECT_NEAR(tracker.progress().seconds_left, 8.8, 1e-6);
}

TEST_F(Tracker, SecondsLeftNeverRiseAtASteadyPace) {
    ProgressTracker tracker(plan_, at(0));
    begin(tracker, 3);
    double now = block(tracker, 1, 1, 0);
    now = block(tracker, 2, 4, now);
    block(tracker, 3, 4, now);
    double last = 1e9;
    for (const Progress& progress : shown_) {
        if (progress.seconds_left >= 0) {
            EXPECT_LE(progress.seconds_left, last + 1e-9);
            last = progress.seconds_left;
        }
    }
    EXPECT_NEAR(last, 0, 1e-6);
}

TEST_F(Tracker, AMachineThatBecameSlowerIsAdmitted) {
    ProgressTracker tracker(plan_, at(0));
    begin(tracker, 3);
    const double now = block(tracker, 1, 1, 0);
    const double before = tracker.progress().seconds_left;
    block(tracker, 2, 4, now, 20);
    EXPECT_GT(tracker.progress().seconds_left, before);
}

TEST_F(Tracker, FrameRateIsThatOfLately) {
    ProgressTracker tracker(plan_, at(0));
    begin(tracker, 3);
    EXPECT_EQ(tracker.progress().frame_rate, 0);
    double now = block(tracker, 1, 1, 0);
    now = block(tracker, 2, 4, now);
    EXPECT_NEAR(tracker.progress().frame_rate, 4 / 4.4, 1e-6);
}

TEST_F(Tracker, ALongStepIsCountedWhileItRuns) {
    ProgressTracker tracker(plan_, at(0));
    begin(tracker, 3);
    tracker.begin_step(1, 1, at(0));
    EXPECT_TRUE(tracker.within_step(0.5, at(10)));
    EXPECT_NEAR(tracker.progress().denoised, 0.5 / 12, 1e-9);
    EXPECT_NEAR(tracker.progress().fraction, 30 * 0.5 / 12 / 39, 1e-9);
    // Twenty seconds a step of 2.5 GFLOP, and what is known of decoding is that it has work too: 9 GFLOP.
    EXPECT_NEAR(tracker.progress().seconds_left, 230 + 9 * 20 / 2.5, 1e-6);
    EXPECT_FALSE(tracker.within_step(0.501, at(10.1))) << "too soon to tell";
    tracker.begin_step(1, 2, at(20));
    EXPECT_NEAR(tracker.progress().denoised, 1.0 / 12, 1e-9);
    EXPECT_NEAR(tracker.progress().seconds_left, 220 + 9 * 20 / 2.5, 1e-6) << "no second is counted twice";
}

TEST_F(Tracker, LongDecodingIsCountedWhileItRuns) {
    ProgressTracker tracker(plan_, at(0));
    begin(tracker, 3);
    const double now = block(tracker, 1, 1, 0);
    tracker.begin_decoding(at(now));
    EXPECT_TRUE(tracker.within_decoding(3, at(now + 4)));
    EXPECT_NEAR(tracker.progress().decoded, 3.0 / 9, 1e-9);
    EXPECT_EQ(tracker.progress().frames_done, 1) << "none of them is there yet";
    EXPECT_FALSE(tracker.within_decoding(3.1, at(now + 4.1))) << "too soon to tell";
    tracker.frames_decoded(4, 5, at(now + 8));
    EXPECT_NEAR(tracker.progress().decoded, 5.0 / 9, 1e-9);
    // Five frames took 8.1 seconds, four are left; so are two blocks of four seconds.
    EXPECT_NEAR(tracker.progress().seconds_left, 8 + 8.1 * 4 / 5, 1e-6);
}

TEST_F(Tracker, PartsOfTheFirstFrameSayNothingOfThePace) {
    ProgressTracker tracker(plan_, at(0));
    begin(tracker, 3);
    for (int step = 1; step <= 4; ++step) {
        tracker.begin_step(1, step, at(step - 1));
    }
    tracker.block_denoised(1, at(4));
    const double before = tracker.progress().seconds_left;
    tracker.begin_decoding(at(4));
    EXPECT_TRUE(tracker.within_decoding(0.01, at(9)));
    EXPECT_LE(tracker.progress().seconds_left, before);
}

// A large decoder: a minute for its first frame, six times the denoiser's pace. What is shown on the way
// there glides.
TEST_F(Tracker, SecondsLeftDoNotJumpAtTheFirstDecodedFrame) {
    ProgressTracker tracker(plan_, at(0));
    begin(tracker, 1);
    for (int step = 1; step <= 4; ++step) {
        tracker.begin_step(1, step, at((step - 1) * 75.0));
    }
    tracker.block_denoised(1, at(300)); // 10 s a GFLOP
    tracker.begin_decoding(at(300));
    double before = tracker.progress().seconds_left;
    EXPECT_NEAR(before, 90, 1e-6) << "nine frames of one GFLOP at the denoiser's pace";
    for (int part = 1; part <= 60; ++part) {
        const auto now = at(300 + part);
        if (part < 60) {
            EXPECT_TRUE(tracker.within_decoding(part / 60.0, now));
        } else {
            tracker.frames_decoded(1, 1, now);
        }
        const double left = tracker.progress().seconds_left;
        EXPECT_LE(left, before * 1.3 + 2) << part;
        EXPECT_GE(left, before * 0.9 - 2) << part;
        before = left;
    }
    // A minute for each of the eight frames that are left; a rise by a quarter is held back.
    EXPECT_LE(before, 8 * 60);
    EXPECT_GE(before, 8 * 60 / 1.25 - 1);
}

/// The first seconds of a clip from a picture: what is left is known from them, and the bar does not stand.
TEST_F(Tracker, PicturesAreCountedWhileTheyAreEncoded) {
    plan_.pass_work = {{.denoise = 30, .decode = 9, .encode = 6}};
    ProgressTracker tracker(plan_, at(0));
    tracker.begin_pass(0, at(0));
    EXPECT_EQ(tracker.progress().phase, Phase::encoding);
    EXPECT_FALSE(tracker.encoding(0.01, at(0.1))) << "too soon to tell";
    EXPECT_TRUE(tracker.encoding(0.5, at(3)));
    EXPECT_NEAR(tracker.progress().encoded, 0.5, 1e-9);
    EXPECT_NEAR(tracker.progress().denoised, 3.0 / 30, 1e-9);
    EXPECT_NEAR(tracker.progress().fraction, 3.0 / 39, 1e-9);
    EXPECT_NEAR(tracker.progress().seconds_left, 36, 1e-6) << "a second a GFLOP";
    tracker.begin_blocks(3, at(6));
    EXPECT_NEAR(tracker.progress().seconds_left, 33, 1e-6);
    tracker.begin_step(1, 1, at(6));
    EXPECT_EQ(tracker.progress().phase, Phase::denoising);
    EXPECT_NEAR(tracker.progress().denoised, 6.0 / 30, 1e-9);
    tracker.begin_step(1, 2, at(8));
    EXPECT_NEAR(tracker.progress().denoised, 8.0 / 30, 1e-9);
    tracker.block_denoised(3, at(30));
    EXPECT_NEAR(tracker.progress().denoised, 1, 1e-9);
}

TEST_F(Tracker, FinishingIsTheEnd) {
    ProgressTracker tracker(plan_, at(0));
    begin(tracker, 3);
    tracker.finishing(at(1));
    EXPECT_EQ(tracker.progress().phase, Phase::finishing);
    EXPECT_EQ(tracker.progress().fraction, 1);
    EXPECT_EQ(tracker.progress().seconds_left, 0);
}

} // namespace
} // namespace rushes
