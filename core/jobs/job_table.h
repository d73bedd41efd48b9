// The rows behind JobQueue: statements and their order, no rules.
#pragma once

#include "jobs/job_queue.h"
#include "library/database.h"

namespace rushes {

class JobTable {
public:
    /// As DatabaseFile; a damaged file is rescued, which `problems` tells.
    JobTable(const std::filesystem::path& file, std::vector<std::string>& problems);

    const std::filesystem::path& file() const { return database_.path(); }

    /// One transaction; SQLite's errors become sentences.
    template <typename Work>
    auto within(Work&& work) {
        return database_.guarded([&] {
            SQLite::Transaction transaction(*database_, SQLite::TransactionBehavior::IMMEDIATE);
            const auto result = work();
            transaction.commit();
            return result;
        });
    }

    template <typename Work>
    auto read(Work&& work) const {
        return database_.guarded(std::forward<Work>(work));
    }

    /// Runs one statement with its values; the number of rows that changed.
    template <typename... Values>
    int change(const std::string& sql, const Values&... values) {
        SQLite::Statement statement(*database_, sql);
        int at = 1;
        (statement.bind(at++, values), ...);
        return statement.exec();
    }

    bool flag(const char* name) const;
    void set_flag(const char* name, bool value);

    /// 1, or 0 for an id that is known.
    int insert(const JobQueue::NewJob& job, std::int64_t place);
    /// The next free place in front or at the end.
    std::int64_t edge(JobQueue::Place place) const;
    /// Ends a job that is in one of the states of `from` (a condition); forgets those that ended long ago.
    int end(const std::string& id, JobState state, const std::string& from, const Error* error = nullptr);
    /// In their order.
    std::vector<std::string> waiting_ids() const;
    void write_order(const std::vector<std::string>& waiting_ids);
    std::vector<Job> select(const std::string& where_and_order) const;
    std::optional<Job> find(const std::string& id) const;
    /// Grows when another connection changed something.
    int version() const;

private:
    DatabaseFile database_;
};

/// Condition on a row: the job waits.
inline const std::string waiting = "state IN ('queued', 'paused')";

} // namespace rushes
