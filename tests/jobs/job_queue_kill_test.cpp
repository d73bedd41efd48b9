// kill -9 at random moments: nothing that was acknowledged is lost, and nothing is there twice.
#include "jobs/job_queue.h"

#include <atomic>
#include <csignal>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <map>
#include <random>
#include <set>
#include <sstream>
#include <sys/wait.h>
#include <unistd.h>

namespace rushes {
namespace {

namespace fs = std::filesystem;

/// What the worker does until it is killed: each finished call is acknowledged by a line ("add ID", "take
/// ID", "encoded ID", "done ID").
[[noreturn]] void work(const fs::path& database, const std::string& name, int acknowledge) {
    const auto say = [&](const std::string& line) {
        const std::string text = line + "\n";
        if (::write(acknowledge, text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
            ::_exit(1);
        }
    };
    try {
        JobQueue queue(database);
        queue.set_paused(false);
        for (int i = 0;; ++i) {
            const std::string id = name + "-" + std::to_string(i);
            Recipe recipe;
            recipe.prompt = id;
            queue.add({id, recipe}, i % 3 == 0 ? JobQueue::Place::front : JobQueue::Place::end);
            say("add " + id);
            if (i % 2 == 1) {
                continue;
            }
            const auto job = queue.take();
            say("take " + job->id);
            queue.encoded(job->id, job->id + ".mp4");
            say("encoded " + job->id);
            queue.done(job->id);
            say("done " + job->id);
        }
    } catch (...) {
        ::_exit(2);
    }
}

/// The last word on each job, from a worker that was killed after about so many acknowledgements.
std::map<std::string, std::string>
killed_after(const fs::path& database, const std::string& name, int lines, int spins) {
    int ends[2];
    EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    const pid_t child = ::fork();
    if (child == 0) {
        work(database, name, ends[1]);
    }
    ::close(ends[1]);
    std::string text;
    char c = 0;
    for (int seen = 0; seen < lines && ::read(ends[0], &c, 1) == 1; seen += c == '\n' ? 1 : 0) {
        text += c;
    }
    for (std::atomic<int> i{0}; i < spins; ++i) {
        // A moment somewhere in the next call.
    }
    ::kill(child, SIGKILL);
    while (::read(ends[0], &c, 1) == 1) {
        text += c;
    }
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status)) << "ended by itself: " << WEXITSTATUS(status);
    std::map<std::string, std::string> said;
    std::istringstream all(text);
    for (std::string word, id; all >> word >> id;) {
        said[id] = word;
    }
    return said;
}

/// States in which a job may be found after its last acknowledged word: the next call may have happened too.
const std::map<std::string, std::set<JobState>> may_be = {
    {"add", {JobState::queued, JobState::paused}},
    {"take", {JobState::paused, JobState::encoded}},
    {"encoded", {JobState::encoded, JobState::done}},
    {"done", {JobState::done}},
};

TEST(JobQueueKill, LosesNoJobInTwoHundredKills) {
    constexpr int kills = 200;
    constexpr int kills_a_database = 20;
    std::mt19937 random(20);
    const fs::path folder = fs::temp_directory_path() / ("rushes-queue-kill-" + std::to_string(::getpid()));
    std::map<std::string, std::string> said;
    for (int i = 0; i < kills; ++i) {
        if (i % kills_a_database == 0) {
            fs::remove_all(folder);
            fs::create_directories(folder);
            said.clear();
        }
        const fs::path database = folder / "queue.db";
        const int lines = std::uniform_int_distribution(0, 40)(random);
        const int spins = std::uniform_int_distribution(0, 200'000)(random);
        for (const auto& [id, word] : killed_after(database, "round" + std::to_string(i), lines, spins)) {
            said[id] = word;
        }
        const JobQueue queue(database);
        ASSERT_TRUE(queue.owned()); // the system gave the lock back
        std::map<std::string, int> times;
        for (const Job& job : queue.jobs()) {
            ASSERT_EQ(++times[job.id], 1);
            ASSERT_NE(job.state, JobState::running);
            ASSERT_EQ(job.recipe.prompt, job.id);
        }
        for (const auto& [id, word] : said) {
            const auto job = queue.find(id);
            ASSERT_TRUE(job) << "kill " << i << ": " << id << " is lost after '" << word << "'";
            ASSERT_TRUE(may_be.at(word).contains(job->state))
                << "kill " << i << ": " << id << " is " << to_text(job->state) << " after '" << word << "'";
        }
    }
    fs::remove_all(folder);
}

} // namespace
} // namespace rushes
