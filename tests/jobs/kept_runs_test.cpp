// What runs leave to others: where it lies, and how much of it stays.
#include "base/atomic_file.h"
#include "generation/checkpoint_files.h"
#include "jobs/job_checkpoints.h"
#include "jobs/kept_runs.h"

#include <chrono>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <set>
#include <sys/stat.h>
#include <unistd.h>

namespace rushes {
namespace {

namespace fs = std::filesystem;

class KeptRuns : public ::testing::Test {
protected:
    KeptRuns() { fs::remove_all(folder_); }

    ~KeptRuns() override { fs::remove_all(folder_); }

    /// A run's own folder, with a block, a step and a wish of `bytes` each.
    fs::path left(const std::string& job, const std::string& run, std::size_t bytes = 100) const {
        const fs::path own = folder_ / "checkpoints" / job;
        for (const char* kind : {"block", "steps", "prompt"}) {
            write_file(own / name_of({kind, 0, 1, 2, run, run}), std::string(bytes, 'x'));
        }
        return own;
    }

    std::set<std::string> names(const fs::path& folder) const {
        std::set<std::string> all;
        std::error_code none;
        for (const auto& entry : fs::directory_iterator(folder, none)) {
            all.insert(entry.path().filename().string());
        }
        return all;
    }

    void age(const std::string& run, int hours) const {
        fs::last_write_time(kept_ / run, fs::file_time_type::clock::now() - std::chrono::hours(hours));
    }

    const fs::path folder_ =
        fs::temp_directory_path() /
        (std::string("rushes-kept-runs-") + ::testing::UnitTest::GetInstance()->current_test_info()->name());
    const fs::path kept_ = folder_ / "kept";
    const std::string one_ = std::string(16, '1');
    const std::string two_ = std::string(16, '2');
    const std::string three_ = std::string(16, '3');
};

TEST_F(KeptRuns, TakeWhatIsComputedAndLeaveWishesBehind) {
    const fs::path own = left("job", one_);
    keep_run(own, kept_, 1000);
    EXPECT_FALSE(fs::exists(own));
    EXPECT_THAT(names(kept_), ::testing::ElementsAre(one_));
    EXPECT_THAT(
        names(kept_ / one_),
        ::testing::UnorderedElementsAre(
            name_of({"block", 0, 1, 2, one_, one_}), name_of({"steps", 0, 1, 2, one_, one_})
        )
    );
}

TEST_F(KeptRuns, LeaveAPersonsFilesInTheFolder) {
    const fs::path own = left("job", one_);
    write_file(own / "holiday.mp4", "a clip");
    write_file(own / "letters" / "to a friend.txt", "dear friend");
    write_file(own / (name_of({"steps", 0, 1, 3, one_, one_}) + ".part7"), "half written");
    keep_run(own, kept_, 1000);
    EXPECT_THAT(names(own), ::testing::UnorderedElementsAre("holiday.mp4", "letters"));
    EXPECT_EQ(read_file(own / "letters" / "to a friend.txt"), "dear friend");
    EXPECT_THAT(names(kept_ / one_), ::testing::SizeIs(2));
}

TEST_F(KeptRuns, MoveToAnotherDisk) {
    const fs::path memory = "/dev/shm";
    std::error_code none;
    fs::create_directories(folder_);

    struct stat here {};

    struct stat there {};

    if (::stat(folder_.c_str(), &here) != 0 || ::stat(memory.c_str(), &there) != 0 ||
        here.st_dev == there.st_dev) {
        GTEST_SKIP() << "there is no second file system here";
    }
    const fs::path kept = memory / ("rushes-kept-" + std::to_string(::getpid()));
    keep_run(left("job", one_), kept, 1000);
    EXPECT_THAT(names(kept / one_), ::testing::SizeIs(2));
    EXPECT_FALSE(fs::exists(folder_ / "checkpoints" / "job"));
    fs::remove_all(kept, none);
}

TEST_F(KeptRuns, WhatNobodyUsedForTheLongestMakesRoom) {
    keep_run(left("a", one_), kept_, 10'000);
    keep_run(left("b", two_), kept_, 10'000);
    age(one_, 1);
    age(two_, 2);
    keep_run(left("c", three_), kept_, 450); // 200 each
    EXPECT_THAT(names(kept_), ::testing::ElementsAre(one_, three_));
    keep_run(left("d", two_, 5000), kept_, 450);
    EXPECT_THAT(names(kept_), ::testing::IsEmpty()) << "one alone may be too large";
}

TEST_F(KeptRuns, OfACancelledJobStayToo) {
    left("job", one_);
    retire_checkpoint(folder_ / "checkpoints", "job", kept_);
    EXPECT_FALSE(fs::exists(folder_ / "checkpoints" / "job"));
    EXPECT_THAT(names(kept_), ::testing::ElementsAre(one_));
    left("other", two_);
    retire_checkpoint(folder_ / "checkpoints", "other", {});
    EXPECT_FALSE(fs::exists(folder_ / "checkpoints" / "other"));
    EXPECT_THAT(names(kept_), ::testing::ElementsAre(one_)) << "where nothing is kept";
}

TEST_F(KeptRuns, AFolderThatIsNotThereIsNothing) {
    keep_run(folder_ / "nowhere", kept_, 1000);
    EXPECT_FALSE(fs::exists(kept_));
    EXPECT_EQ(most_kept("/nowhere/at/all/kept"), 0U);
}

TEST(CheckpointFiles, AreKnownByTheirNames) {
    const CheckpointFile file{"steps", 1, 20, 300, std::string(16, 'a'), std::string(16, 'b')};
    const auto read = checkpoint_file("/somewhere/" + name_of(file));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->kind, "steps");
    EXPECT_EQ(read->pass, 1);
    EXPECT_EQ(read->block, 20);
    EXPECT_EQ(read->steps, 300);
    EXPECT_EQ(read->run, file.run);
    EXPECT_EQ(read->lineage, file.lineage);
    for (const char* other :
         {"fake.checkpoint",
          "block-0-3.checkpoint",
          "block-0-x-0-a-b.checkpoint",
          "block-0-1--1-a-b.checkpoint",
          "block-0-1-0-a-b.checkpoint.part12",
          "steering.json"}) {
        EXPECT_FALSE(checkpoint_file(other)) << other;
    }
    EXPECT_NE(turned("a", "b"), turned("a", "c"));
    EXPECT_NE(turned(turned("a", "b"), "c"), turned(turned("a", "c"), "b")) << "in their order";
}

} // namespace
} // namespace rushes
