#include "jobs/job_table.h"

#include <algorithm>
#include <array>
#include <chrono>

namespace rushes {
namespace {

constexpr int ended_kept = 1000; ///< an id is remembered this long: adding it again changes nothing

// `place` orders what waits, smaller first; it may be negative.
constexpr auto schema = R"(
CREATE TABLE jobs (
    id TEXT PRIMARY KEY,
    place INTEGER NOT NULL,
    recipe TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    clip TEXT NOT NULL DEFAULT '',
    failure TEXT NOT NULL DEFAULT '',
    hint TEXT NOT NULL DEFAULT '',
    created_unix_ms INTEGER NOT NULL,
    ended INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX jobs_in_order ON jobs (state, place);
CREATE INDEX jobs_ended ON jobs (ended);
CREATE TABLE flags (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
)";

constexpr auto columns = "id, recipe, state, attempts, clip, failure, hint, created_unix_ms";

constexpr std::array states{"queued", "running", "paused", "encoded", "done", "failed", "cancelled"};

JobState state_from(const std::string& text) {
    const auto found = std::ranges::find(states, text);
    return found == states.end() ? JobState::failed : static_cast<JobState>(found - states.begin());
}

Job job_from(const SQLite::Statement& row) {
    Job job;
    job.id = row.getColumn(0).getString();
    job.state = state_from(row.getColumn(2).getString());
    job.attempts = row.getColumn(3).getInt();
    job.clip = row.getColumn(4).getString();
    job.failure = row.getColumn(5).getString();
    job.hint = row.getColumn(6).getString();
    job.created_unix_ms = row.getColumn(7).getInt64();
    try {
        job.recipe = recipe_from_json(row.getColumn(1).getString());
    } catch (const Error& error) {
        // Of a newer program, or damaged: shown, never run. The row stays as it is.
        job.state = JobState::failed;
        job.failure = error.what();
        job.hint = error.hint();
    }
    return job;
}

std::int64_t now_unix_ms() {
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

} // namespace

const char* to_text(JobState state) {
    return states[static_cast<std::size_t>(state)];
}

JobTable::JobTable(const std::filesystem::path& file, std::vector<std::string>& problems)
    : database_(file, {"queue", {schema}, {"jobs", "flags"}}, &problems) {}

bool JobTable::flag(const char* name) const {
    SQLite::Statement row(*database_, "SELECT value FROM flags WHERE name = ?");
    row.bind(1, name);
    return row.executeStep() && row.getColumn(0).getInt() != 0;
}

void JobTable::set_flag(const char* name, bool value) {
    change("INSERT OR REPLACE INTO flags (name, value) VALUES (?, ?)", name, value ? 1 : 0);
}

int JobTable::insert(const JobQueue::NewJob& job, std::int64_t place) {
    return change(
        "INSERT OR IGNORE INTO jobs (id, place, recipe, state, created_unix_ms) VALUES (?, ?, ?, "
        "'queued', ?)",
        job.id,
        place,
        to_json(job.recipe),
        now_unix_ms()
    );
}

std::int64_t JobTable::edge(JobQueue::Place place) const {
    const char* sql = place == JobQueue::Place::end ? "SELECT COALESCE(MAX(place), 0) + 1 FROM jobs"
                                                    : "SELECT COALESCE(MIN(place), 0) - 1 FROM jobs";
    return database_->execAndGet(sql).getInt64();
}

int JobTable::end(const std::string& id, JobState state, const std::string& from, const Error* error) {
    const int ended = change(
        std::string(
            "UPDATE jobs SET state = ?, failure = ?, hint = ?, ended = (SELECT MAX(ended) + 1 FROM jobs) "
            "WHERE id = ? AND "
        ) + from,
        to_text(state),
        error == nullptr ? "" : error->what(),
        error == nullptr ? std::string() : error->hint(),
        id
    );
    change(
        "DELETE FROM jobs WHERE state IN ('done', 'cancelled') AND ended <= (SELECT MAX(ended) FROM "
        "jobs) - ?",
        ended_kept
    );
    return ended;
}

std::vector<std::string> JobTable::waiting_ids() const {
    SQLite::Statement rows(
        *database_, std::string("SELECT id FROM jobs WHERE ") + waiting + " ORDER BY place, rowid"
    );
    std::vector<std::string> ids;
    while (rows.executeStep()) {
        ids.push_back(rows.getColumn(0).getString());
    }
    return ids;
}

void JobTable::write_order(const std::vector<std::string>& ids) {
    SQLite::Statement update(*database_, "UPDATE jobs SET place = ? WHERE id = ?");
    for (std::size_t i = 0; i < ids.size(); ++i) {
        update.bind(1, static_cast<std::int64_t>(i));
        update.bind(2, ids[i]);
        update.exec();
        update.reset();
    }
}

std::vector<Job> JobTable::select(const std::string& where_and_order) const {
    SQLite::Statement rows(
        *database_, std::string("SELECT ") + columns + " FROM jobs WHERE " + where_and_order
    );
    std::vector<Job> jobs;
    while (rows.executeStep()) {
        jobs.push_back(job_from(rows));
    }
    return jobs;
}

std::optional<Job> JobTable::find(const std::string& id) const {
    SQLite::Statement row(*database_, std::string("SELECT ") + columns + " FROM jobs WHERE id = ?");
    row.bind(1, id);
    return row.executeStep() ? std::optional(job_from(row)) : std::nullopt;
}

int JobTable::version() const {
    return database_->execAndGet("PRAGMA data_version").getInt();
}

} // namespace rushes
