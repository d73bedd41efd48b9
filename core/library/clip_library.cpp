#include "library/clip_library.h"

#include "base/error.h"
#include "library/database.h"

#include <chrono>
#include <utility>

namespace rushes {

namespace {

constexpr int schema_version = 1;

constexpr auto schema = R"(
CREATE TABLE clips (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    file TEXT NOT NULL,
    prompt TEXT NOT NULL,
    recipe TEXT NOT NULL,
    state TEXT NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    frames INTEGER NOT NULL,
    seconds_to_make REAL NOT NULL,
    report TEXT NOT NULL,
    created_unix_ms INTEGER NOT NULL,
    favourite INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX clips_by_time ON clips (created_unix_ms DESC, id DESC);
)";

constexpr auto columns =
    "id, file, recipe, state, width, height, frames, seconds_to_make, report, created_unix_ms, favourite";

const char* to_text(ClipState state) {
    switch (state) {
    case ClipState::finished:
        return "finished";
    case ClipState::stopped:
        return "stopped";
    case ClipState::failed:
        return "failed";
    }
    return "failed";
}

ClipState state_from(const std::string& text) {
    return text == "finished" ? ClipState::finished
                              : (text == "stopped" ? ClipState::stopped : ClipState::failed);
}

ClipRecord record_from(const SQLite::Statement& row) {
    ClipRecord record;
    record.id = row.getColumn(0).getInt64();
    record.file = std::filesystem::path(row.getColumn(1).getString());
    try {
        record.recipe = recipe_from_json(row.getColumn(2).getString());
    } catch (const Error&) {
        record.recipe = {}; // a recipe of a newer program: the clip is still worth showing
    }
    record.state = state_from(row.getColumn(3).getString());
    record.width = row.getColumn(4).getInt();
    record.height = row.getColumn(5).getInt();
    record.frames = row.getColumn(6).getInt();
    record.seconds_to_make = row.getColumn(7).getDouble();
    record.report_json = row.getColumn(8).getString();
    record.created_unix_ms = row.getColumn(9).getInt64();
    record.favourite = row.getColumn(10).getInt() != 0;
    return record;
}

std::int64_t now_unix_ms() {
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

/// Every word of the search must occur; % and _ are plain characters.
std::vector<std::string> like_patterns(const std::string& search) {
    std::vector<std::string> patterns;
    std::string word;
    const auto flush = [&] {
        if (!word.empty()) {
            patterns.push_back("%" + word + "%");
            word.clear();
        }
    };
    for (const char c : search) {
        if (c == ' ' || c == '\t' || c == '\n') {
            flush();
            continue;
        }
        if (c == '%' || c == '_' || c == '\\') {
            word += '\\';
        }
        word += c;
    }
    flush();
    return patterns;
}

} // namespace

struct ClipLibrary::State {
    DatabaseFile database;
    int seen_version = 0; ///< of what others changed

    template <typename Value>
    std::optional<ClipRecord> find_first(const std::string& condition, const Value& value) const {
        return database.guarded([&]() -> std::optional<ClipRecord> {
            SQLite::Statement row(
                *database, std::string("SELECT ") + columns + " FROM clips WHERE " + condition + " LIMIT 1"
            );
            row.bind(1, value);
            return row.executeStep() ? std::optional(record_from(row)) : std::nullopt;
        });
    }
};

ClipLibrary::ClipLibrary(const std::filesystem::path& database)
    : state_(std::make_unique<State>(
          State{DatabaseFile(database, {"clip library", schema_version, schema, {"clips"}})}
      )) {
    changed_elsewhere();
}

ClipLibrary::~ClipLibrary() = default;

std::int64_t ClipLibrary::add(const ClipRecord& record) {
    return state_->database.guarded([&] {
        SQLite::Statement insert(
            *state_->database,
            "INSERT INTO clips (file, prompt, recipe, state, width, height, frames, "
            "seconds_to_make, report, created_unix_ms, favourite, id) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)"
        );
        insert.bind(1, record.file.string());
        insert.bind(2, record.recipe.prompt);
        insert.bind(3, to_json(record.recipe));
        insert.bind(4, to_text(record.state));
        insert.bind(5, record.width);
        insert.bind(6, record.height);
        insert.bind(7, record.frames);
        insert.bind(8, record.seconds_to_make);
        insert.bind(9, record.report_json);
        insert.bind(10, record.created_unix_ms > 0 ? record.created_unix_ms : now_unix_ms());
        insert.bind(11, record.favourite ? 1 : 0);
        if (record.id > 0) {
            insert.bind(12, record.id);
        } else {
            insert.bind(12); // NULL: the next number
        }
        insert.exec();
        return static_cast<std::int64_t>(state_->database->getLastInsertRowid());
    });
}

void ClipLibrary::set_favourite(std::int64_t id, bool favourite) {
    state_->database.guarded([&] {
        SQLite::Statement update(*state_->database, "UPDATE clips SET favourite = ? WHERE id = ?");
        update.bind(1, favourite ? 1 : 0);
        update.bind(2, id);
        update.exec();
    });
}

void ClipLibrary::set_file(std::int64_t id, const std::filesystem::path& file) {
    state_->database.guarded([&] {
        SQLite::Statement update(*state_->database, "UPDATE clips SET file = ? WHERE id = ?");
        update.bind(1, file.string());
        update.bind(2, id);
        update.exec();
    });
}

std::int64_t ClipLibrary::count() const {
    return state_->database.guarded([&] {
        SQLite::Statement row(*state_->database, "SELECT COUNT(*) FROM clips");
        row.executeStep();
        return static_cast<std::int64_t>(row.getColumn(0).getInt64());
    });
}

void ClipLibrary::remove(std::int64_t id) {
    state_->database.guarded([&] {
        SQLite::Statement erase(*state_->database, "DELETE FROM clips WHERE id = ?");
        erase.bind(1, id);
        erase.exec();
    });
}

std::vector<ClipRecord> ClipLibrary::list(int limit, const std::string& search, bool favourites) const {
    return state_->database.guarded([&] {
        const std::vector<std::string> patterns = like_patterns(search);
        std::string query = std::string("SELECT ") + columns + " FROM clips WHERE 1";
        if (favourites) {
            query += " AND favourite <> 0";
        }
        for (std::size_t i = 0; i < patterns.size(); ++i) {
            query += " AND prompt LIKE ? ESCAPE '\\'";
        }
        query += " ORDER BY created_unix_ms DESC, id DESC LIMIT ?";
        SQLite::Statement rows(*state_->database, query);
        int index = 1;
        for (const std::string& pattern : patterns) {
            rows.bind(index++, pattern);
        }
        rows.bind(index, limit);
        std::vector<ClipRecord> records;
        while (rows.executeStep()) {
            records.push_back(record_from(rows));
        }
        return records;
    });
}

std::optional<ClipRecord> ClipLibrary::find(std::int64_t id) const {
    return state_->find_first("id = ?", id);
}

std::optional<ClipRecord> ClipLibrary::find(const std::filesystem::path& file) const {
    return state_->find_first("file = ? ORDER BY id DESC", file.string());
}

bool ClipLibrary::changed_elsewhere() {
    return state_->database.guarded([&] {
        const int version = state_->database->execAndGet("PRAGMA data_version").getInt();
        return std::exchange(state_->seen_version, version) != version;
    });
}

} // namespace rushes
