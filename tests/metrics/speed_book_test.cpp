#include "base/atomic_file.h"
#include "metrics/speed_book.h"
#include "support/fake_engine.h"

#include <gtest/gtest.h>

namespace rushes {
namespace {

namespace fs = std::filesystem;

const DeviceInfo two_threads{DeviceKind::cpu, "CPU, 2 threads", 0};
const DeviceInfo cpu{DeviceKind::cpu, "CPU", 0};
const DeviceInfo gpu{DeviceKind::cuda, "GPU", 0};

class SpeedBookTest : public ::testing::Test {
protected:
    SpeedBookTest()
        : folder_(
              fs::temp_directory_path() / (std::string("rushes-speeds-") +
                                           ::testing::UnitTest::GetInstance()->current_test_info()->name())
          ),
          file_(folder_ / "speeds.json") {
        fs::remove_all(folder_);
    }

    ~SpeedBookTest() override { fs::remove_all(folder_); }

    Plan plan(int frames = 33) const {
        Recipe recipe;
        recipe.frames = frames;
        return make_plan(recipe, testing::fake_causal_model());
    }

    /// A run that took so many seconds for each GFLOP.
    RunReport report(const Plan& made, double denoise, double decode) const {
        RunReport report;
        report.load_seconds = 0.5;
        report.denoise_seconds = made.pass_work.front().denoise * denoise;
        report.decode_seconds = made.pass_work.front().decode * decode;
        return report;
    }

    double expected(const Plan& made, double denoise, double decode) const {
        return made.pass_work.front().denoise * denoise + made.pass_work.front().decode * decode;
    }

    const fs::path folder_;
    const fs::path file_;
};

TEST_F(SpeedBookTest, FirstGuessIsMarkedAsOne) {
    const Estimate estimate = SpeedBook(file_).estimate(plan(), two_threads);
    EXPECT_FALSE(estimate.learned);
    EXPECT_GT(estimate.seconds, 0);
}

TEST_F(SpeedBookTest, LearnsFromOneRunAndScalesByWork) {
    SpeedBook(file_).learn(plan(33), two_threads, report(plan(33), 0.01, 0.02));
    const Estimate estimate = SpeedBook(file_).estimate(plan(121), two_threads);
    EXPECT_TRUE(estimate.learned);
    EXPECT_NEAR(estimate.seconds, expected(plan(121), 0.01, 0.02), 1e-9);
    EXPECT_DOUBLE_EQ(estimate.load_seconds, 0.5);
}

TEST_F(SpeedBookTest, AnotherModelsDraftIsLearnedAndCountsWithBothLoadsWhereOnlyOneStays) {
    const ModelInfo drafter = testing::fake_small_model();
    const auto planned = [&](std::uint64_t memory) {
        return make_plan(Recipe(), testing::fake_full_model(), {.memory = memory}, &drafter);
    };
    const Plan apart = planned(0);
    ASSERT_NE(apart.draft, nullptr);
    RunReport made = report(apart, 0.01, 0.02);
    SpeedBook(file_).learn(apart, cpu, made);
    EXPECT_FALSE(SpeedBook(file_).estimate(apart, cpu).learned) << "of the other model nothing is known";
    RunReport draft = report(*apart.draft, 0.03, 0.04);
    draft.load_seconds = 0.25;
    made.draft = std::make_shared<const RunReport>(draft);
    SpeedBook(file_).learn(apart, cpu, made);
    const double computing = expected(apart, 0.01, 0.02) + expected(*apart.draft, 0.03, 0.04);
    const Estimate one_by_one = SpeedBook(file_).estimate(apart, cpu);
    EXPECT_TRUE(one_by_one.learned);
    EXPECT_NEAR(one_by_one.seconds, computing + 0.75, 1e-9);
    EXPECT_EQ(one_by_one.load_seconds, 0);
    const Estimate both = SpeedBook(file_).estimate(planned(100'000'000'000), cpu);
    EXPECT_NEAR(both.seconds, computing, 1e-9);
    EXPECT_NEAR(both.load_seconds, 0.75, 1e-9);
}

TEST_F(SpeedBookTest, OneSlowRunDoesNotSpoilTheEstimate) {
    SpeedBook book(file_);
    for (int i = 0; i < 4; ++i) {
        book.learn(plan(), cpu, report(plan(), 0.01, 0.01));
    }
    book.learn(plan(), cpu, report(plan(), 5, 5));
    EXPECT_NEAR(book.estimate(plan(), cpu).seconds, expected(plan(), 0.01, 0.01), 1e-9);
}

TEST_F(SpeedBookTest, AMachineThatStaysFasterIsLearned) {
    SpeedBook book(file_);
    for (const double pace : {0.05, 0.05, 0.05, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01}) {
        book.learn(plan(), cpu, report(plan(), pace, pace));
    }
    EXPECT_NEAR(book.estimate(plan(), cpu).seconds, expected(plan(), 0.01, 0.01), 1e-9);
}

TEST_F(SpeedBookTest, DevicesModelsAndFormatsAreApart) {
    SpeedBook book(file_);
    book.learn(plan(), cpu, report(plan(), 0.01, 0.01));
    EXPECT_FALSE(book.estimate(plan(), gpu).learned);
    Plan other = plan();
    other.recipe.dtype = "bf16";
    EXPECT_FALSE(book.estimate(other, cpu).learned);
    other = plan();
    other.model.hash = "another";
    EXPECT_FALSE(book.estimate(other, cpu).learned);
}

TEST_F(SpeedBookTest, TheFirstGuessFollowsTheCardsDataSheet) {
    const SpeedBook book(file_);
    DeviceInfo small = gpu;
    small.flop_per_second = 50e12;
    DeviceInfo large = gpu;
    large.flop_per_second = 1000e12;
    EXPECT_FALSE(book.estimate(plan(), large).learned);
    EXPECT_NEAR(book.estimate(plan(), small).seconds / book.estimate(plan(), large).seconds, 20, 1e-9);
}

TEST_F(SpeedBookTest, TwoWindowsLearnIntoOneBook) {
    SpeedBook first(file_);
    SpeedBook second(file_);
    first.learn(plan(), cpu, report(plan(), 0.01, 0.01));
    second.learn(plan(), gpu, report(plan(), 0.001, 0.001));
    EXPECT_TRUE(SpeedBook(file_).estimate(plan(), cpu).learned);
    EXPECT_TRUE(SpeedBook(file_).estimate(plan(), gpu).learned);
}

TEST_F(SpeedBookTest, ADamagedFileCountsAsEmpty) {
    for (const char* text :
         {"",
          "{",
          "[]",
          R"({"version": 1})",
          R"({"version": 1, "speeds": []})",
          R"({"version": 1, "speeds": {"a": 3, "b": {"denoise": "x", "decode": [null, -1, "y"]}}})",
          R"({"version": 99, "speeds": {}})"}) {
        write_file(file_, text);
        EXPECT_FALSE(SpeedBook(file_).estimate(plan(), cpu).learned) << text;
    }
}

TEST_F(SpeedBookTest, UnwritableStateIsNoError) {
    SpeedBook book("/proc/nowhere/speeds.json");
    book.learn(plan(), cpu, report(plan(), 0.01, 0.01));
    EXPECT_TRUE(book.estimate(plan(), cpu).learned);
}

TEST(AboutSeconds, SaysNoMoreThanItKnows) {
    EXPECT_EQ(about_seconds(0.2), "less than a second");
    EXPECT_EQ(about_seconds(41.7), "about 42 s");
    EXPECT_EQ(about_seconds(200), "about 3 min");
    EXPECT_EQ(about_seconds(4800), "about 1 h 20 min");
}

} // namespace
} // namespace rushes
