// One SQLite file of the program, in WAL mode: survives a kill at any moment, and several processes may use
// it.
#pragma once

#include "base/error.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace rushes {

struct DatabaseFormat {
    std::string name; ///< in sentences: "clip library"
    /// What brings a file from each version to the next, the first one from nothing. Their number is kept as
    /// user_version; a newer one is refused, untouched.
    std::vector<std::string> versions;
    std::vector<std::string>
        rescue; ///< tables whose rows are saved from a damaged file; those of the first are counted
};

class DatabaseFile {
public:
    /// Opens or makes the file. A damaged one is copied beside ("name.damaged-1.db"), what can be read of it
    /// goes into a new one, and `problems` says so; without `problems` it is refused. A large file
    /// is looked through only when the last program did not close it, as that takes its time. Throws
    /// Error{resource}.
    DatabaseFile(
        std::filesystem::path path, DatabaseFormat format, std::vector<std::string>* problems = nullptr
    );

    SQLite::Database& operator*() const { return *database_; }

    SQLite::Database* operator->() const { return database_.get(); }

    const std::filesystem::path& path() const { return path_; }

    /// Runs `work`; what SQLite reports becomes one sentence.
    template <typename Work>
    auto guarded(Work&& work) const {
        try {
            return std::forward<Work>(work)();
        } catch (const SQLite::Exception& failure) {
            throw cannot_use(failure.what());
        }
    }

private:
    Error cannot_use(const std::string& reason) const;
    void open();
    void refuse_newer() const;
    bool damaged() const;
    void rescue(std::vector<std::string>& problems);

    std::filesystem::path path_;
    DatabaseFormat format_;
    std::unique_ptr<SQLite::Database> database_;
};

} // namespace rushes
