// The jobs that wait, run and ended, in SQLite: what was added is there after a kill at any moment. No window
// here; a front end takes jobs, runs them and says how they ended.
#pragma once

#include "base/error.h"
#include "generation/recipe.h"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rushes {

/// queued -> running -> encoded (the file is whole) -> done (and in the library). `paused`: begun,
/// interrupted, to go on when its turn comes (job_checkpoints.h). `failed` and `cancelled` may be tried
/// again.
enum class JobState { queued, running, paused, encoded, done, failed, cancelled };

const char* to_text(JobState state);

/// A job as it is stored: the recipe with its model's hash. What will be computed is planned when its turn
/// comes.
struct Job {
    std::string id;
    Recipe recipe;
    JobState state = JobState::queued;
    int attempts = 0;           ///< how often it was begun
    std::filesystem::path clip; ///< of an encoded or done one
    std::string failure;        ///< one sentence, of the last attempt
    std::string hint;
    std::int64_t created_unix_ms = 0;

    bool waits() const { return state == JobState::queued || state == JobState::paused; }
};

/// Random, so that ids of several machines and years do not meet.
std::string new_job_id();

/// The same for a job that is made ahead (`rushes warm`): all others come first, and who makes the clips
/// breaks it off for them.
std::string new_warm_job_id();
bool is_warm(std::string_view job_id);

/// Before the attempt after so many failed ones: 1, 2, 4, 8 ... at most 60 seconds, each up to a fifth
/// shorter or longer (`random`: 0 to 1), so that many clients of one broken thing do not come back at the
/// same moment.
std::chrono::milliseconds retry_pause(int failed_attempts, double random);

/// Where the queue takes time and chance from; tests give their own.
struct QueueSources {
    std::function<std::chrono::steady_clock::time_point()> now = std::chrono::steady_clock::now;
    std::function<double()> random; ///< 0 to 1; empty: a generator of its own
};

class JobQueue {
public:
    using Clock = std::chrono::steady_clock;

    static constexpr int most_attempts = 6; ///< of a job that fails for a passing reason

    /// Opens or makes the database. A damaged one is rescued (see problems()). Throws Error{resource}; a
    /// newer version is refused untouched. Several processes may open one queue; the first owns it.
    explicit JobQueue(const std::filesystem::path& database, QueueSources sources = {});
    /// A clean end of the owner: what runs is paused, and the queue goes on at the next start.
    ~JobQueue();
    JobQueue(JobQueue&&) noexcept;

    /// Sentences about what was found when it was opened: damage, a program that was killed.
    const std::vector<std::string>& problems() const;

    /// Only the owner takes jobs; a process ends, and the next one that asks owns the queue.
    bool owned() const;
    bool try_to_own();

    bool paused() const;
    void set_paused(bool paused);

    // What a person does with jobs. Each is one transaction and returns whether something changed: an id that
    // is known already, or a job that is not (any more) in a state for it, changes nothing.
    enum class Place { front, end };

    struct NewJob {
        std::string id;
        Recipe recipe;
    };

    bool add(const NewJob& job, Place place = Place::end);
    /// All or none; those whose id is known are passed over. The number added.
    int add(std::span<const NewJob> jobs, Place place = Place::end);
    /// One whose clip is there already: it is done.
    bool add_made(const NewJob& job, const std::filesystem::path& clip);
    /// Cancels what waits and adds this one.
    bool replace_waiting(const NewJob& job);
    bool edit(const std::string& id, const Recipe& recipe);
    /// A copy right behind it, of a job in any state.
    bool duplicate(const std::string& id, const std::string& new_id);
    /// To the place of another waiting job: before it when moved towards the front, else behind it.
    bool move(const std::string& id, const std::string& to);
    bool cancel(const std::string& id); ///< a waiting or failed one
    int cancel_waiting();
    /// A failed or cancelled one waits again, before another waiting job; else at the end.
    bool retry(const std::string& id, const std::string& before = {});

    // What the owner's worker does.
    /// The next job, now running; empty while the queue is paused, another process owns it, a job runs,
    /// nothing waits, or what waits is to be tried again later.
    std::optional<Job> take();
    /// How long until take() may give a job that failed for a passing reason; empty when none waits for that.
    std::optional<std::chrono::milliseconds> retry_in() const;
    bool encoded(const std::string& id, const std::filesystem::path& clip);
    bool done(const std::string& id);
    /// True: it waits and will be tried again (a transient error with attempts left).
    bool failed(const std::string& id, const Error& error);
    static bool tries_again(const Job& running, const Error& error);
    bool stopped(const std::string& id);   ///< by the person: cancelled
    bool interrupt(const std::string& id); ///< paused, at its place

    /// What runs, then what waits in its order, then what ended, the latest first (the last 200 of them).
    std::vector<Job> jobs() const;
    std::optional<Job> find(const std::string& id) const;
    /// How many wait that somebody waits for: without those that are made ahead. Reads no recipe.
    int people_waiting() const;
    /// Whole files whose clip is not in the library yet: the program was killed in between.
    std::vector<Job> encoded_jobs() const;
    /// True once after another process changed something.
    bool changed_elsewhere();

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace rushes
