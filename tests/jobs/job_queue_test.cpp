#include "jobs/job_queue.h"
#include "jobs/queue_estimate.h"
#include "support/fake_engine.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <chrono>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rushes {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class JobQueueTest : public ::testing::Test {
protected:
    JobQueueTest()
        : folder_(
              fs::temp_directory_path() /
              (std::string("rushes-queue-") + ::testing::UnitTest::GetInstance()->current_test_info()->name())
          ) {
        fs::remove_all(folder_);
        fs::create_directories(folder_);
    }

    ~JobQueueTest() override { fs::remove_all(folder_); }

    fs::path file() const { return folder_ / "queue.db"; }

    JobQueue open() {
        return JobQueue(file(), {.now = [this] { return now_; }, .random = [] { return 0.5; }});
    }

    static JobQueue::NewJob job(const std::string& id) {
        Recipe recipe;
        recipe.prompt = "prompt of " + id;
        recipe.model = "fake-causal";
        recipe.model_hash = "weights-1";
        return {id, recipe};
    }

    static void add(JobQueue& queue, std::initializer_list<const char*> ids) {
        for (const char* id : ids) {
            ASSERT_TRUE(queue.add(job(id)));
        }
    }

    static std::vector<std::string> waiting(const JobQueue& queue) {
        std::vector<std::string> ids;
        for (const Job& job : queue.jobs()) {
            if (job.waits()) {
                ids.push_back(job.id);
            }
        }
        return ids;
    }

    /// The program dies: no destructor runs, and the system gives the lock back.
    static void kill(JobQueue queue, const fs::path& file) {
        SQLite::Database raw(file.string(), SQLite::OPEN_READWRITE);
        const std::string running =
            raw.execAndGet("SELECT COALESCE(MAX(id), '') FROM jobs WHERE state = 'running'");
        { const JobQueue gone = std::move(queue); }
        raw.exec("UPDATE flags SET value = 1 WHERE name = 'open'");
        SQLite::Statement again(raw, "UPDATE jobs SET state = 'running' WHERE id = ?");
        again.bind(1, running);
        again.exec();
    }

    JobQueue::Clock::time_point now_{};
    const fs::path folder_;
};

TEST_F(JobQueueTest, RunsInOrderOneAtATime) {
    JobQueue queue = open();
    add(queue, {"a", "b"});
    const auto first = queue.take();
    ASSERT_TRUE(first);
    EXPECT_EQ(first->id, "a");
    EXPECT_EQ(first->recipe, job("a").recipe);
    EXPECT_EQ(first->attempts, 1);
    EXPECT_FALSE(queue.take()); // one runs
    EXPECT_TRUE(queue.encoded("a", "/videos/a.mp4"));
    EXPECT_EQ(queue.encoded_jobs().front().clip, "/videos/a.mp4");
    EXPECT_TRUE(queue.done("a"));
    EXPECT_THAT(queue.encoded_jobs(), IsEmpty());
    EXPECT_EQ(queue.take()->id, "b");
}

TEST_F(JobQueueTest, CountsWhatPeopleWaitFor) {
    JobQueue queue = open();
    EXPECT_EQ(queue.people_waiting(), 0);
    queue.add(job("1"));
    queue.add(job("2"));
    queue.add(job(new_warm_job_id())); // made ahead: nobody waits for it
    EXPECT_EQ(queue.people_waiting(), 2);
    ASSERT_TRUE(queue.take());
    EXPECT_EQ(queue.people_waiting(), 1);
    queue.interrupt("1"); // paused: it waits again
    EXPECT_EQ(queue.people_waiting(), 2);
    queue.cancel("2");
    EXPECT_EQ(queue.people_waiting(), 1);
}

TEST_F(JobQueueTest, AnIdThatIsKnownChangesNothing) {
    JobQueue queue = open();
    EXPECT_TRUE(queue.add(job("a")));
    EXPECT_FALSE(queue.add(job("a")));
    queue.take();
    queue.encoded("a", "a.mp4");
    queue.done("a");
    EXPECT_FALSE(queue.add(job("a"))); // asked for again by who did not hear the answer
    EXPECT_FALSE(queue.take());
}

TEST_F(JobQueueTest, FrontOrderAndReplacement) {
    JobQueue queue = open();
    add(queue, {"a", "b", "c", "d"});
    EXPECT_TRUE(queue.add(job("now"), JobQueue::Place::front));
    EXPECT_THAT(waiting(queue), ElementsAre("now", "a", "b", "c", "d"));
    EXPECT_TRUE(queue.move("d", "a"));
    EXPECT_THAT(waiting(queue), ElementsAre("now", "d", "a", "b", "c"));
    EXPECT_TRUE(queue.move("now", "b"));
    EXPECT_THAT(waiting(queue), ElementsAre("d", "a", "b", "now", "c"));
    EXPECT_FALSE(queue.move("d", "d"));
    EXPECT_FALSE(queue.move("d", "nobody"));
    const JobQueue::NewJob two[] = {job("x"), job("y")};
    EXPECT_EQ(queue.add(two, JobQueue::Place::front), 2);
    EXPECT_THAT(waiting(queue), ElementsAre("x", "y", "d", "a", "b", "now", "c"));
    EXPECT_TRUE(queue.replace_waiting(job("only")));
    EXPECT_THAT(waiting(queue), ElementsAre("only"));
    EXPECT_EQ(queue.find("a")->state, JobState::cancelled);
}

TEST_F(JobQueueTest, OnlyWhatWaitsIsEditedMovedOrCancelled) {
    JobQueue queue = open();
    add(queue, {"a", "b"});
    queue.take();
    Recipe other = job("a").recipe;
    other.seed = 99;
    EXPECT_FALSE(queue.edit("a", other));
    EXPECT_FALSE(queue.cancel("a"));
    EXPECT_FALSE(queue.move("b", "a"));
    EXPECT_TRUE(queue.edit("b", other));
    EXPECT_EQ(queue.find("b")->recipe.seed, 99U);
    EXPECT_TRUE(queue.cancel("b"));
    EXPECT_FALSE(queue.cancel("b"));
    EXPECT_THAT(waiting(queue), IsEmpty());
    EXPECT_TRUE(queue.retry("b"));
    EXPECT_THAT(waiting(queue), ElementsAre("b"));
    EXPECT_FALSE(queue.retry("b"));
    add(queue, {"c", "d"});
    queue.cancel("b");
    EXPECT_TRUE(queue.retry("b", "d")); // undone: back to its place
    EXPECT_THAT(waiting(queue), ElementsAre("c", "b", "d"));
}

TEST_F(JobQueueTest, ADuplicateStandsRightBehind) {
    JobQueue queue = open();
    add(queue, {"a", "b"});
    EXPECT_TRUE(queue.duplicate("a", "a2"));
    EXPECT_THAT(waiting(queue), ElementsAre("a", "a2", "b"));
    EXPECT_EQ(queue.find("a2")->recipe, queue.find("a")->recipe);
    EXPECT_FALSE(queue.duplicate("a", "a2"));
    EXPECT_FALSE(queue.duplicate("nobody", "a3"));
    queue.take();
    queue.stopped("a");
    EXPECT_TRUE(queue.duplicate("a", "a4")); // of one that ended: at the end
    EXPECT_THAT(waiting(queue), ElementsAre("a2", "b", "a4"));
}

TEST_F(JobQueueTest, APausedQueueGivesNothingAndStaysPaused) {
    {
        JobQueue queue = open();
        add(queue, {"a"});
        queue.set_paused(true);
        EXPECT_FALSE(queue.take());
    }
    JobQueue queue = open();
    EXPECT_TRUE(queue.paused());
    queue.set_paused(false);
    EXPECT_EQ(queue.take()->id, "a");
}

TEST_F(JobQueueTest, PauseNowPutsTheRunningOneBackToItsPlace) {
    JobQueue queue = open();
    add(queue, {"a", "b"});
    queue.take();
    queue.set_paused(true);
    EXPECT_TRUE(queue.interrupt("a"));
    EXPECT_EQ(queue.find("a")->state, JobState::paused);
    EXPECT_THAT(waiting(queue), ElementsAre("a", "b"));
    queue.set_paused(false);
    EXPECT_EQ(queue.take()->id, "a");
}

TEST_F(JobQueueTest, PassingErrorsAreTriedAgainWithGrowingPauses) {
    JobQueue queue = open();
    add(queue, {"a", "b"});
    const Error busy(ErrorKind::transient, "The card is busy.");
    for (const auto pause : {1s, 2s, 4s, 8s, 16s}) {
        ASSERT_EQ(queue.take()->id, "a");
        EXPECT_TRUE(queue.failed("a", busy));
        EXPECT_EQ(queue.retry_in(), pause); // the jitter of this test is none
        const auto other = queue.take();    // the others need not wait for it
        ASSERT_TRUE(other);
        EXPECT_EQ(other->id, "b");
        queue.interrupt("b");
        now_ += pause;
    }
    ASSERT_EQ(queue.take()->attempts, JobQueue::most_attempts);
    EXPECT_FALSE(queue.failed("a", busy));
    EXPECT_EQ(queue.find("a")->state, JobState::failed);
    EXPECT_EQ(queue.find("a")->failure, "The card is busy.");
    EXPECT_FALSE(queue.retry_in());
}

TEST_F(JobQueueTest, LastingErrorsAreNotTriedAgain) {
    JobQueue queue = open();
    for (const ErrorKind kind : {ErrorKind::user, ErrorKind::resource, ErrorKind::bug}) {
        const std::string id = "job " + std::to_string(static_cast<int>(kind));
        queue.add(job(id));
        ASSERT_EQ(queue.take()->id, id);
        EXPECT_FALSE(queue.failed(id, Error(kind, "No.", "Do that.")));
        EXPECT_EQ(queue.find(id)->state, JobState::failed);
        EXPECT_EQ(queue.find(id)->hint, "Do that.");
    }
}

TEST(RetryPause, DoublesUpToAMinuteWithAFifthOfJitter) {
    EXPECT_EQ(retry_pause(1, 0.5), 1s);
    EXPECT_EQ(retry_pause(4, 0.5), 8s);
    EXPECT_EQ(retry_pause(7, 0.5), 60s);
    EXPECT_EQ(retry_pause(1000, 1), 60s);
    EXPECT_EQ(retry_pause(1, 0), 800ms);
    EXPECT_EQ(retry_pause(1, 1), 1200ms);
}

TEST_F(JobQueueTest, AfterACleanEndItGoesOn) {
    {
        JobQueue queue = open();
        add(queue, {"a", "b"});
        queue.take();
    }
    JobQueue queue = open();
    EXPECT_FALSE(queue.paused());
    EXPECT_THAT(queue.problems(), IsEmpty());
    EXPECT_EQ(queue.find("a")->state, JobState::paused); // begun once
    EXPECT_EQ(queue.take()->id, "a");
}

TEST_F(JobQueueTest, AfterAKillItComesBackPausedWithTheRunningOneFirst) {
    {
        JobQueue queue = open();
        add(queue, {"a", "b"});
        queue.take();
        kill(std::move(queue), file());
    }
    JobQueue queue = open();
    EXPECT_TRUE(queue.paused());
    EXPECT_THAT(queue.problems(), ElementsAre(HasSubstr("kept, and paused")));
    EXPECT_FALSE(queue.take());
    EXPECT_EQ(queue.find("a")->state, JobState::paused);
    EXPECT_THAT(waiting(queue), ElementsAre("a", "b"));
    queue.set_paused(false);
    EXPECT_EQ(queue.take()->id, "a");
}

TEST_F(JobQueueTest, AKillWithNothingToDoIsNotWorthAWord) {
    kill(open(), file());
    JobQueue queue = open();
    EXPECT_FALSE(queue.paused());
    EXPECT_THAT(queue.problems(), IsEmpty());
}

TEST_F(JobQueueTest, OneOwnsTheQueueTheOtherOneAddsToIt) {
    auto first = std::make_unique<JobQueue>(open());
    JobQueue second = open();
    EXPECT_TRUE(first->owned());
    EXPECT_FALSE(second.owned());
    EXPECT_FALSE(first->changed_elsewhere());
    EXPECT_TRUE(second.add(job("a")));
    EXPECT_FALSE(second.take());
    EXPECT_TRUE(first->changed_elsewhere());
    EXPECT_FALSE(first->changed_elsewhere());
    EXPECT_EQ(first->take()->id, "a");
    EXPECT_FALSE(second.try_to_own());
    first.reset(); // its window is closed
    EXPECT_TRUE(second.try_to_own());
    EXPECT_EQ(second.take()->id, "a");
}

TEST_F(JobQueueTest, AThousandJobsAtOnce) {
    JobQueue queue = open();
    std::vector<JobQueue::NewJob> many;
    for (int i = 0; i < 1000; ++i) {
        many.push_back(job(std::to_string(i)));
    }
    EXPECT_EQ(queue.add(many), 1000);
    EXPECT_EQ(queue.add(many), 0);
    const auto ids = waiting(queue);
    ASSERT_EQ(ids.size(), 1000U);
    EXPECT_EQ(ids.front(), "0");
    EXPECT_EQ(ids.back(), "999");
    EXPECT_EQ(queue.cancel_waiting(), 1000);
}

TEST_F(JobQueueTest, ARecipeThatCannotBeReadIsShownAndPassedOver) {
    JobQueue queue = open();
    add(queue, {"new", "b"});
    {
        SQLite::Database raw(file().string(), SQLite::OPEN_READWRITE);
        raw.exec("UPDATE jobs SET recipe = '{\"schema_version\": 999}' WHERE id = 'new'");
    }
    EXPECT_EQ(queue.take()->id, "b");
    EXPECT_EQ(queue.find("new")->state, JobState::failed);
    EXPECT_THAT(queue.find("new")->failure, HasSubstr("newer version"));
    SQLite::Database raw(file().string(), SQLite::OPEN_READONLY);
    EXPECT_EQ(
        raw.execAndGet("SELECT state FROM jobs WHERE id = 'new'").getString(), "queued"
    ); // for that version
}

TEST_F(JobQueueTest, ANewerVersionIsRefusedUntouched) {
    {
        SQLite::Database raw(file().string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
        raw.exec("CREATE TABLE other (x); PRAGMA user_version = 999");
    }
    const auto bytes = [&] {
        std::ifstream stream(file(), std::ios::binary);
        return std::string(std::istreambuf_iterator<char>(stream), {});
    };
    const std::string before = bytes();
    try {
        open();
        FAIL() << "opened";
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::resource);
        EXPECT_THAT(error.what(), HasSubstr("newer version"));
    }
    EXPECT_EQ(bytes(), before);
}

TEST_F(JobQueueTest, OfADamagedFileWhatCanBeReadIsKept) {
    constexpr int jobs = 400;
    {
        JobQueue queue = open();
        for (int i = 0; i < jobs; ++i) {
            auto padded = job(std::to_string(i));
            padded.recipe.prompt += std::string(500, '.'); // many pages
            queue.add(padded);
        }
    }
    {
        SQLite::Database raw(file().string(), SQLite::OPEN_READWRITE);
        raw.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    }
    {
        std::fstream stream(file(), std::ios::in | std::ios::out | std::ios::binary);
        stream.seekp(static_cast<std::streamoff>(fs::file_size(file()) / 2));
        stream << std::string(8192, 'x');
    }
    JobQueue queue = open();
    ASSERT_EQ(queue.problems().size(), 1U);
    EXPECT_THAT(queue.problems().front(), HasSubstr("queue.damaged.db"));
    EXPECT_TRUE(fs::exists(folder_ / "queue.damaged.db"));
    const auto kept = waiting(queue);
    EXPECT_GT(kept.size(), jobs / 2U); // two pages of about a hundred are lost
    EXPECT_LT(kept.size(), jobs);
    EXPECT_EQ(kept.front(), "0");
    EXPECT_EQ(kept.back(), std::to_string(jobs - 1)); // from both ends
    EXPECT_THAT(queue.problems().front(), HasSubstr(std::to_string(kept.size())));
    EXPECT_TRUE(queue.add(job("after")));
}

TEST_F(JobQueueTest, AFileThatIsNoDatabaseIsPutAside) {
    std::ofstream(file()) << std::string(4000, 'x');
    JobQueue queue = open();
    EXPECT_THAT(queue.problems(), ElementsAre(HasSubstr("0 entries")));
    EXPECT_EQ(fs::file_size(folder_ / "queue.damaged.db"), 4000U);
    EXPECT_TRUE(queue.add(job("a")));
}

TEST_F(JobQueueTest, AFolderThatCannotBeWrittenIsSaidInOneSentence) {
    try {
        const JobQueue queue("/proc/nowhere/queue.db");
        FAIL() << "opened";
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::resource);
        EXPECT_THAT(error.what(), HasSubstr("/proc/nowhere/queue.db"));
    }
}

TEST_F(JobQueueTest, EstimatesAddUpAndLoadAModelOnce) {
    const SpeedBook book(folder_ / "speeds.json");
    const DeviceInfo device;
    const std::vector<ModelInfo> models{testing::fake_causal_model(), testing::fake_full_model()};
    std::vector<Job> jobs(4);
    jobs[0].recipe.model = jobs[1].recipe.model = models[0].id;
    jobs[2].recipe.model = models[1].id;
    jobs[3].recipe.model = "not here";
    const QueueEstimate queue = estimate_queue(jobs, models, book, device);
    const Estimate first = book.estimate(make_plan(jobs[0].recipe, models[0]), device);
    const Estimate third = book.estimate(make_plan(jobs[2].recipe, models[1]), device);
    EXPECT_DOUBLE_EQ(queue.seconds[0], first.seconds + first.load_seconds);
    EXPECT_DOUBLE_EQ(queue.seconds[1], first.seconds);
    EXPECT_DOUBLE_EQ(queue.seconds[2], third.seconds + third.load_seconds);
    EXPECT_LT(queue.seconds[3], 0);
    EXPECT_DOUBLE_EQ(queue.total, queue.seconds[0] + queue.seconds[1] + queue.seconds[2]);
    EXPECT_EQ(queue.unknown, 1);
    const std::string loaded = models[0].id + " fp32";
    EXPECT_DOUBLE_EQ(estimate_queue(jobs, models, book, device, loaded).seconds[0], first.seconds);
}

} // namespace
} // namespace rushes
