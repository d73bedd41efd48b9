// What the parts of ClipLibrary share.
#pragma once

#include "library/clip_library.h"
#include "library/database.h"

#include <utility>

namespace rushes {

struct ClipLibrary::State {
    DatabaseFile database;
    int seen_version = 0; ///< of what others changed

    /// Runs one statement with these values.
    template <typename... Values>
    void run(const std::string& sql, const Values&... values) const {
        database.guarded([&] {
            SQLite::Statement statement(*database, sql);
            int index = 0;
            (statement.bind(++index, values), ...);
            statement.exec();
        });
    }
};

/// Within a transaction of the caller's; what is there already, or no clip any more, is passed over.
void put_into_collection(
    SQLite::Database& database, std::int64_t collection, std::span<const std::int64_t> clips
);

} // namespace rushes
