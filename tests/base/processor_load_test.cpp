#include "base/processor_load.h"

#include <gtest/gtest.h>

namespace rushes {
namespace {

using Clock = OtherPrograms::Clock;

/// Processor times and clock that the test owns.
class Load : public ::testing::Test {
protected:
    OtherPrograms others() {
        return OtherPrograms([this] { return times_; }, [this] { return now_; });
    }

    void pass(double seconds, double all, double own) {
        now_ += std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
        times_.all += all;
        times_.own += own;
    }

    ProcessorTimes times_{.all = 1000, .own = 10, .running = 1};
    Clock::time_point now_{};
};

TEST_F(Load, IsWhatTheOthersTookLately) {
    OtherPrograms programs = others();
    pass(0.5, 1.0, 0.5);
    EXPECT_NEAR(programs.busy_cores(), 1, 1e-9) << "one of two busy cores is ours";
    pass(0.5, 0.6, 0.5);
    EXPECT_NEAR(programs.busy_cores(), 0.2, 1e-9) << "what was before is forgotten";
    pass(0.5, 0.4, 0.5);
    EXPECT_EQ(programs.busy_cores(), 0) << "ticks are coarser than our own clock";
}

TEST_F(Load, BeforeAnythingIsKnownTheThreadsThatRunAreCounted) {
    times_.running = 3;
    OtherPrograms programs = others();
    EXPECT_EQ(programs.busy_cores(), 2) << "one of the three asks";
    pass(0.05, 0.05, 0.05);
    EXPECT_EQ(programs.busy_cores(), 2) << "too short a time to say more";
    pass(0.1, 0.1, 0.1);
    EXPECT_NEAR(programs.busy_cores(), 0, 1e-9);
}

TEST_F(Load, ASystemThatTellsNothingHasNoOthers) {
    times_ = {.all = 0, .own = 10, .running = 0};
    OtherPrograms programs = others();
    EXPECT_EQ(programs.busy_cores(), 0);
    pass(1, 0, 2);
    EXPECT_EQ(programs.busy_cores(), 0);
}

TEST(ProcessorTimes, OwnWorkIsOurs) {
    const ProcessorTimes before = processor_times();
    volatile double sum = 0;
    for (int i = 0; i < 30'000'000; ++i) {
        sum = sum + i;
    }
    const ProcessorTimes after = processor_times();
    EXPECT_GT(after.own, before.own);
    EXPECT_GE(after.all, before.all);
    EXPECT_GE(after.running, 1);
}

TEST(ThreadsBeside, LeaveTheCoreThatOthersUse) {
    EXPECT_EQ(threads_beside(0, 2, 2), 2);
    EXPECT_EQ(threads_beside(0.4, 2, 2), 2) << "a core that is busy now and then is not given up";
    EXPECT_EQ(threads_beside(1, 2, 2), 1);
    EXPECT_EQ(threads_beside(0.67, 2, 2), 1) << "what one of three programs gets of two cores";
    EXPECT_EQ(threads_beside(1, 16, 16), 15);
    EXPECT_EQ(threads_beside(1, 2, 16), 2) << "there are cores left";
}

TEST(ThreadsBeside, KeepHalfOnAFullMachine) {
    EXPECT_EQ(threads_beside(16, 16, 16), 8);
    EXPECT_EQ(threads_beside(2, 2, 2), 1);
    EXPECT_EQ(threads_beside(1e9, 3, 4), 2);
    EXPECT_EQ(threads_beside(5, 1, 4), 1);
}

} // namespace
} // namespace rushes
