#include "jobs/job_queue.h"

#include "base/file_lock.h"
#include "jobs/job_table.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <utility>

namespace rushes {
namespace {

constexpr int ended_listed = 200;

double random_share() {
    static thread_local std::mt19937_64 generator{std::random_device()()};
    return std::uniform_real_distribution<double>(0, 1)(generator);
}

} // namespace

std::string new_job_id() {
    std::random_device random;
    constexpr auto digits = "0123456789abcdef";
    std::string id;
    for (int word = 0; word < 4; ++word) {
        std::uint32_t bits = random();
        for (int i = 0; i < 8; ++i, bits >>= 4) {
            id += digits[bits & 15];
        }
    }
    return id;
}

std::string new_warm_job_id() {
    return "warm" + new_job_id();
}

bool is_warm(std::string_view job_id) {
    return job_id.starts_with("warm");
}

std::chrono::milliseconds retry_pause(int failed_attempts, double random) {
    constexpr double longest = 60;
    constexpr double spread = 0.2;
    const double seconds = std::ldexp(1.0, std::clamp(failed_attempts, 1, 7) - 1);
    const double varied = std::min(longest, std::min(longest, seconds) * (1 - spread + 2 * spread * random));
    return std::chrono::milliseconds(std::llround(varied * 1000));
}

struct JobQueue::State {
    JobTable table;
    QueueSources sources;
    std::vector<std::string> problems;
    std::optional<FileLock> lock;
    std::map<std::string, Clock::time_point>
        not_before; ///< in memory: a clock that jumps or a restart costs nothing
    int seen_version = 0;

    /// The lock is ours: what the owner before left running can be nobody's work any more.
    void take_over() {
        table.within([&] {
            const bool killed = table.flag("open");
            const int cut_off = table.change("UPDATE jobs SET state = 'paused' WHERE state = 'running'");
            if (killed && (cut_off > 0 || !table.waiting_ids().empty())) {
                table.set_flag("paused", true);
                problems.emplace_back("Rushes was ended while it worked: its queue is kept, and paused.");
            }
            table.set_flag("open", true);
            return 0;
        });
    }

    /// Those that failed for a passing reason and whose time has not come.
    bool resting(const std::string& id) const {
        const auto found = not_before.find(id);
        return found != not_before.end() && sources.now() < found->second;
    }
};

JobQueue::JobQueue(const std::filesystem::path& database, QueueSources sources) {
    std::vector<std::string> problems;
    JobTable table(database, problems);
    if (!sources.random) {
        sources.random = random_share;
    }
    state_ = std::make_unique<State>(
        State{std::move(table), std::move(sources), std::move(problems), std::nullopt, {}, 0}
    );
    try_to_own();
    changed_elsewhere();
}

JobQueue::JobQueue(JobQueue&&) noexcept = default;

JobQueue::~JobQueue() {
    if (!state_ || !owned()) {
        return;
    }
    try {
        state_->table.within([&] {
            state_->table.change("UPDATE jobs SET state = 'paused' WHERE state = 'running'");
            state_->table.set_flag("open", false);
            return 0;
        });
    } catch (const Error&) {
        // The disk is full or gone: the next start takes it for a kill, and nothing is lost.
    }
}

const std::vector<std::string>& JobQueue::problems() const {
    return state_->problems;
}

bool JobQueue::owned() const {
    return state_->lock.has_value();
}

bool JobQueue::try_to_own() {
    if (!owned()) {
        state_->lock = FileLock::try_lock(state_->table.file().string() + ".lock");
        if (owned()) {
            state_->take_over();
        }
    }
    return owned();
}

bool JobQueue::paused() const {
    return state_->table.read([&] { return state_->table.flag("paused"); });
}

void JobQueue::set_paused(bool paused) {
    state_->table.within([&] {
        state_->table.set_flag("paused", paused);
        return 0;
    });
}

bool JobQueue::add(const NewJob& job, Place place) {
    return add(std::span(&job, 1), place) == 1;
}

int JobQueue::add(std::span<const NewJob> jobs, Place place) {
    return state_->table.within([&] {
        // In front they keep their order too.
        const auto count = static_cast<std::int64_t>(jobs.size());
        std::int64_t at =
            place == Place::end ? state_->table.edge(place) : state_->table.edge(place) - count + 1;
        int added = 0;
        for (const NewJob& job : jobs) {
            added += state_->table.insert(job, at++);
        }
        return added;
    });
}

bool JobQueue::add_made(const NewJob& job, const std::filesystem::path& clip) {
    return state_->table.within([&] {
        if (state_->table.insert(job, state_->table.edge(Place::end)) == 0) {
            return false;
        }
        state_->table.change("UPDATE jobs SET clip = ? WHERE id = ?", clip.string(), job.id);
        return state_->table.end(job.id, JobState::done, waiting) == 1;
    });
}

bool JobQueue::replace_waiting(const NewJob& job) {
    return state_->table.within([&] {
        const int added = state_->table.insert(job, state_->table.edge(Place::end));
        if (added == 1) {
            for (const std::string& id : state_->table.waiting_ids()) {
                if (id != job.id) {
                    state_->table.end(id, JobState::cancelled, waiting);
                }
            }
        }
        return added == 1;
    });
}

bool JobQueue::edit(const std::string& id, const Recipe& recipe) {
    return state_->table.within([&] {
        // What was begun with other settings begins anew.
        return state_->table.change(
                   std::string("UPDATE jobs SET recipe = ?, state = 'queued', attempts = 0 WHERE id = ? AND "
                   ) + waiting,
                   to_json(recipe),
                   id
               ) == 1;
    });
}

bool JobQueue::duplicate(const std::string& id, const std::string& new_id) {
    return state_->table.within([&] {
        const auto job = state_->table.find(id);
        if (!job || state_->table.insert({new_id, job->recipe}, state_->table.edge(Place::end)) == 0) {
            return false;
        }
        auto ids = state_->table.waiting_ids();
        if (const auto original = std::ranges::find(ids, id); original != ids.end()) {
            std::rotate(original + 1, ids.end() - 1, ids.end());
            state_->table.write_order(ids);
        }
        return true;
    });
}

bool JobQueue::move(const std::string& id, const std::string& to) {
    return state_->table.within([&] {
        auto ids = state_->table.waiting_ids();
        const auto from = std::ranges::find(ids, id);
        const auto target = std::ranges::find(ids, to);
        if (from == ids.end() || target == ids.end() || from == target) {
            return false;
        }
        if (target < from) {
            std::rotate(target, from, from + 1);
        } else {
            std::rotate(from, from + 1, target + 1);
        }
        state_->table.write_order(ids);
        return true;
    });
}

bool JobQueue::cancel(const std::string& id) {
    return state_->table.within([&] {
        state_->not_before.erase(id);
        return state_->table.end(id, JobState::cancelled, "state IN ('queued', 'paused', 'failed')") == 1;
    });
}

int JobQueue::cancel_waiting() {
    return state_->table.within([&] {
        state_->not_before.clear();
        int cancelled = 0;
        for (const std::string& id : state_->table.waiting_ids()) {
            cancelled += state_->table.end(id, JobState::cancelled, waiting);
        }
        return cancelled;
    });
}

bool JobQueue::retry(const std::string& id, const std::string& before) {
    return state_->table.within([&] {
        auto ids = state_->table.waiting_ids();
        const int again = state_->table.change(
            "UPDATE jobs SET state = 'queued', attempts = 0, failure = '', hint = '', place = ? "
            "WHERE id = ? AND state IN ('failed', 'cancelled')",
            state_->table.edge(Place::end),
            id
        );
        const auto place = std::ranges::find(ids, before);
        if (again == 1 && place != ids.end()) {
            ids.insert(place, id);
            state_->table.write_order(ids);
        }
        return again == 1;
    });
}

std::optional<Job> JobQueue::take() {
    if (!owned()) {
        return std::nullopt;
    }
    return state_->table.within([&]() -> std::optional<Job> {
        if (state_->table.flag("paused") || !state_->table.select("state = 'running'").empty()) {
            return std::nullopt;
        }
        auto ids = state_->table.waiting_ids();
        std::ranges::stable_partition(ids, [](const std::string& id) { return !is_warm(id); });
        for (const std::string& id : ids) {
            std::optional<Job> job = state_->table.find(id);
            if (!job->waits() || state_->resting(id)) {
                continue;
            }
            state_->table.change(
                "UPDATE jobs SET state = 'running', attempts = attempts + 1 WHERE id = ?", id
            );
            job->state = JobState::running;
            ++job->attempts;
            state_->not_before.erase(id);
            return job;
        }
        return std::nullopt;
    });
}

std::optional<std::chrono::milliseconds> JobQueue::retry_in() const {
    std::optional<std::chrono::milliseconds> soonest;
    for (const auto& [id, when] : state_->not_before) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(when - state_->sources.now());
        soonest = std::min(soonest.value_or(left), std::max(left, std::chrono::milliseconds(0)));
    }
    return soonest;
}

bool JobQueue::encoded(const std::string& id, const std::filesystem::path& clip) {
    return state_->table.within([&] {
        return state_->table.change(
                   "UPDATE jobs SET state = 'encoded', clip = ? WHERE id = ? AND state = 'running'",
                   clip.string(),
                   id
               ) == 1;
    });
}

bool JobQueue::done(const std::string& id) {
    return state_->table.within([&] {
        return state_->table.end(id, JobState::done, "state = 'encoded'") == 1;
    });
}

bool JobQueue::failed(const std::string& id, const Error& error) {
    return state_->table.within([&] {
        const std::optional<Job> job = state_->table.find(id);
        if (!job || job->state != JobState::running) {
            return false;
        }
        if (!tries_again(*job, error)) {
            state_->table.end(id, JobState::failed, "state = 'running'", &error);
            return false;
        }
        state_->table.change(
            "UPDATE jobs SET state = 'queued', failure = ?, hint = ? WHERE id = ?",
            error.what(),
            error.hint(),
            id
        );
        state_->not_before[id] = state_->sources.now() + retry_pause(job->attempts, state_->sources.random());
        return true;
    });
}

bool JobQueue::tries_again(const Job& running, const Error& error) {
    return error.kind() == ErrorKind::transient && running.attempts < most_attempts;
}

bool JobQueue::stopped(const std::string& id) {
    return state_->table.within([&] {
        return state_->table.end(id, JobState::cancelled, "state = 'running'") == 1;
    });
}

bool JobQueue::interrupt(const std::string& id) {
    return state_->table.within([&] {
        return state_->table.change(
                   "UPDATE jobs SET state = 'paused' WHERE id = ? AND state = 'running'", id
               ) == 1;
    });
}

std::vector<Job> JobQueue::jobs() const {
    return state_->table.read([&] {
        auto jobs = state_->table.select("state = 'running'");
        for (const std::string& more :
             {waiting + " ORDER BY place, rowid",
              "state IN ('encoded', 'done', 'failed', 'cancelled') ORDER BY ended DESC, rowid DESC LIMIT " +
                  std::to_string(ended_listed)}) {
            std::ranges::move(state_->table.select(more), std::back_inserter(jobs));
        }
        return jobs;
    });
}

std::optional<Job> JobQueue::find(const std::string& id) const {
    return state_->table.read([&] { return state_->table.find(id); });
}

int JobQueue::people_waiting() const {
    return state_->table.read([&] {
        const auto ids = state_->table.waiting_ids();
        return static_cast<int>(std::ranges::count_if(ids, [](const std::string& id) { return !is_warm(id); })
        );
    });
}

std::vector<Job> JobQueue::encoded_jobs() const {
    return state_->table.read([&] { return state_->table.select("state = 'encoded'"); });
}

bool JobQueue::changed_elsewhere() {
    return state_->table.read([&] {
        const int version = state_->table.version();
        return std::exchange(state_->seen_version, version) != version;
    });
}

} // namespace rushes
