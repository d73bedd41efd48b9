// Checkpoints of the queue's jobs: whose stay, and whose go.
#include "base/atomic_file.h"
#include "jobs/job_checkpoints.h"
#include "jobs/job_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <set>

namespace rushes {
namespace {

namespace fs = std::filesystem;

class JobCheckpoints : public ::testing::Test {
protected:
    JobCheckpoints() {
        fs::remove_all(folder_);
        fs::create_directories(folder_);
    }

    ~JobCheckpoints() override { fs::remove_all(folder_); }

    void keep(const std::string& id) const { write_file(checkpoint_of(kept_, id) / "steps", "latents"); }

    std::set<std::string> kept() const {
        std::set<std::string> names;
        for (const auto& entry : fs::directory_iterator(kept_)) {
            names.insert(entry.path().filename().string());
        }
        return names;
    }

    const fs::path folder_ =
        fs::temp_directory_path() / (std::string("rushes-checkpoints-") +
                                     ::testing::UnitTest::GetInstance()->current_test_info()->name());
    const fs::path kept_ = folder_ / "checkpoints";
};

TEST_F(JobCheckpoints, StayForJobsThatMayGoOn) {
    JobQueue queue(folder_ / "queue.db");
    for (const char* id : {"done", "cancelled", "failed", "paused", "running", "waiting"}) {
        queue.add({id, {}});
        keep(id);
    }
    keep("nobody-s");
    ASSERT_EQ(queue.take()->id, "done");
    queue.encoded("done", folder_ / "clip.mp4");
    queue.done("done");
    queue.cancel("cancelled");
    ASSERT_EQ(queue.take()->id, "failed");
    queue.failed("failed", Error(ErrorKind::resource, "No memory."));
    ASSERT_EQ(queue.take()->id, "paused");
    queue.interrupt("paused");
    queue.move("running", "paused");
    ASSERT_EQ(queue.take()->id, "running");
    sweep_checkpoints(kept_, queue);
    EXPECT_THAT(kept(), ::testing::ElementsAre("failed", "paused", "running", "waiting"));
    forget_checkpoint(kept_, "failed");
    EXPECT_FALSE(fs::exists(kept_ / "failed"));
}

TEST_F(JobCheckpoints, EveryIdOfOursHasItsFolder) {
    for (const std::string& id : {new_job_id(), new_warm_job_id()}) {
        EXPECT_EQ(checkpoint_of(kept_, id), kept_ / id);
    }
}

TEST_F(JobCheckpoints, NothingIsKeptForWhatIsNoName) {
    write_file(folder_ / "precious", "mine");
    for (const char* const id : {"../precious", "..", ".", "", "/etc", "a/b"}) {
        EXPECT_EQ(checkpoint_of(kept_, id), fs::path()) << id;
        forget_checkpoint(kept_, id);
    }
    EXPECT_EQ(checkpoint_of({}, new_job_id()), fs::path());
    EXPECT_EQ(read_file(folder_ / "precious"), "mine");
}

TEST_F(JobCheckpoints, NoFolderIsNothingToSweep) {
    const JobQueue queue(folder_ / "queue.db");
    sweep_checkpoints(kept_, queue);
    sweep_checkpoints({}, queue);
    EXPECT_FALSE(fs::exists(kept_));
}

} // namespace
} // namespace rushes
