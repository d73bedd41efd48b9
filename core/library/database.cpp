#include "library/database.h"

#include "base/paths.h"

#include <algorithm>
#include <sqlite3.h>
#include <system_error>

namespace rushes {
namespace fs = std::filesystem;

namespace {

// Another window of the program may be writing, clip after clip, on a machine that is busy with clips:
// SQLite's waiting is not fair, and nobody waits for it on the window's thread.
constexpr int busy_milliseconds = 20'000;

/// A file of up to this many bytes is looked through each time; that takes some milliseconds.
constexpr std::uintmax_t small_file = 16 << 20;

bool means_damage(int code) {
    return code == SQLITE_CORRUPT || code == SQLITE_NOTADB;
}

std::unique_ptr<SQLite::Database> open_file(const fs::path& path) {
    std::error_code failed;
    fs::create_directories(path.parent_path(), failed);
    return std::make_unique<SQLite::Database>(
        path.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, busy_milliseconds
    );
}

/// SQLite keeps the latest changes in these neighbours.
std::vector<fs::path> files_of(const fs::path& database) {
    return {database, database.string() + "-wal", database.string() + "-shm"};
}

/// Moves the database and its neighbours to the next unused name.
fs::path move_aside(const fs::path& database) {
    const fs::path aside = unused_name(
        database.parent_path() / (database.stem().string() + ".damaged" + database.extension().string())
    );
    const auto from = files_of(database);
    const auto to = files_of(aside);
    for (std::size_t i = 0; i < from.size(); ++i) {
        std::error_code missing;
        fs::rename(from[i], to[i], missing);
        if (i == 0 && missing) {
            throw Error(
                ErrorKind::resource,
                "The damaged '" + database.string() + "' cannot be put aside: " + missing.message() + ".",
                "Check the free space and the permissions there."
            );
        }
    }
    return aside;
}

std::string columns_of(SQLite::Database& database, const std::string& table) {
    SQLite::Statement rows(database, "SELECT name FROM pragma_table_info(?)");
    rows.bind(1, table);
    std::string columns;
    while (rows.executeStep()) {
        columns += (columns.empty() ? "" : ", ") + rows.getColumn(0).getString();
    }
    return columns;
}

/// What the rows of a table are kept by.
std::string key_of(SQLite::Database& database, const std::string& table) {
    SQLite::Statement row(database, "SELECT wr FROM pragma_table_list(?)");
    row.bind(1, table);
    return row.executeStep() && row.getColumn(0).getInt() != 0 ? "1" : "rowid";
}

void bind(SQLite::Statement& statement, int index, const SQLite::Column& value) {
    if (value.isInteger()) {
        statement.bind(index, value.getInt64());
    } else if (value.isFloat()) {
        statement.bind(index, value.getDouble());
    } else if (value.isNull()) {
        statement.bind(index);
    } else {
        statement.bind(index, value.getString());
    }
}

/// Rows of a table from one end until the damage; counts what went in.
int copy_rows(
    SQLite::Database& from,
    SQLite::Database& to,
    const std::string& table,
    const std::string& columns,
    const char* direction
) {
    int copied = 0;
    try {
        SQLite::Statement rows(
            from, "SELECT " + columns + " FROM " + table + " ORDER BY " + key_of(to, table) + ' ' + direction
        );
        std::string marks = "?";
        for (int i = 1; i < rows.getColumnCount(); ++i) {
            marks += ", ?";
        }
        SQLite::Statement insert(
            to, "INSERT OR IGNORE INTO " + table + " (" + columns + ") VALUES (" + marks + ")"
        );
        while (rows.executeStep()) {
            for (int i = 0; i < rows.getColumnCount(); ++i) {
                bind(insert, i + 1, rows.getColumn(i));
            }
            copied += insert.exec();
            insert.reset();
        }
    } catch (const SQLite::Exception&) {
        // What lies behind the damage is read from the other end.
    }
    return copied;
}

} // namespace

DatabaseFile::DatabaseFile(fs::path path, DatabaseFormat format, std::vector<std::string>* problems)
    : path_(std::move(path)), format_(std::move(format)) {
    bool broken = false;
    std::error_code none;
    const bool left_open = fs::exists(path_.string() + "-wal", none); // SQLite removes it when it closes
    try {
        open();
        const bool check = left_open || fs::file_size(path_) <= small_file;
        broken = problems != nullptr && check && damaged();
    } catch (const SQLite::Exception& failure) {
        if (problems == nullptr || !means_damage(failure.getErrorCode())) {
            throw cannot_use(failure.what());
        }
        broken = true;
    }
    if (broken) {
        guarded([&] { rescue(*problems); });
    }
}

void DatabaseFile::open() {
    database_ = open_file(path_);
    refuse_newer(); // before anything is changed
    database_->exec("PRAGMA journal_mode = WAL");
    database_->exec("PRAGMA synchronous = NORMAL"); // with WAL: a crash of the program loses nothing
    // The write lock first: two windows that start at once must not both make the tables.
    SQLite::Transaction transaction(*database_, SQLite::TransactionBehavior::IMMEDIATE);
    const int version = database_->execAndGet("PRAGMA user_version").getInt();
    for (std::size_t next = static_cast<std::size_t>(version); next < format_.versions.size(); ++next) {
        database_->exec(format_.versions[next]);
        database_->exec("PRAGMA user_version = " + std::to_string(next + 1));
    }
    transaction.commit();
}

void DatabaseFile::refuse_newer() const {
    if (database_->execAndGet("PRAGMA user_version").getInt() > static_cast<int>(format_.versions.size())) {
        throw Error(
            ErrorKind::resource,
            "The " + format_.name + " " + path_.string() + " was made by a newer version of Rushes.",
            "Update Rushes, or move that file away to start an empty one."
        );
    }
}

bool DatabaseFile::damaged() const {
    return database_->execAndGet("PRAGMA quick_check(1)").getString() != "ok";
}

void DatabaseFile::rescue(std::vector<std::string>& problems) {
    database_.reset();
    const fs::path aside = move_aside(path_);
    open();
    int kept = 0;
    try {
        SQLite::Database old(aside.string(), SQLite::OPEN_READWRITE, busy_milliseconds);
        for (const std::string& table : format_.rescue) {
            const std::string columns = columns_of(*database_, table);
            const int rows = copy_rows(old, *database_, table, columns, "ASC") +
                             copy_rows(old, *database_, table, columns, "DESC");
            kept += &table == &format_.rescue.front() ? rows : 0;
        }
    } catch (const SQLite::Exception&) {
        // Nothing of it can be read.
    }
    problems.push_back(
        "The " + format_.name + " was damaged: " + std::to_string(kept) +
        (kept == 1 ? " entry was" : " entries were") + " saved, and the damaged file is kept as '" +
        aside.string() + "'."
    );
}

Error DatabaseFile::cannot_use(const std::string& reason) const {
    return {
        ErrorKind::resource,
        "The " + format_.name + " " + path_.string() + " cannot be used: " + reason + ".",
        "Check the free space and the permissions there, or move the file away to start an empty one."
    };
}

} // namespace rushes
