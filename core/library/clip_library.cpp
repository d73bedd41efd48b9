#include "library/clip_library.h"

#include "base/error.h"
#include "library/clip_library_state.h"
#include "library/clip_schema.h"
#include "library/clip_search.h"

#include <algorithm>
#include <chrono>
#include <sstream>
#include <utility>
#include <variant>

namespace rushes {

namespace {

constexpr int most_stars = 5;

constexpr auto columns =
    "id, file, recipe, state, width, height, frames, seconds_to_make, report, "
    "created_unix_ms, favourite, rating, "
    "content, (SELECT group_concat(tag, char(10)) FROM clip_tags WHERE clip = clips.id), "
    "(SELECT group_concat(collection, char(10)) FROM collection_clips WHERE clip = "
    "clips.id)";

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

std::vector<std::string> lines_of(const SQLite::Column& text) {
    std::vector<std::string> lines;
    std::istringstream all(text.isNull() ? std::string() : text.getString());
    for (std::string line; std::getline(all, line);) {
        lines.push_back(line);
    }
    return lines;
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
    record.rating = row.getColumn(11).getInt();
    record.content = row.getColumn(12).getString();
    record.tags = lines_of(row.getColumn(13));
    for (const std::string& collection : lines_of(row.getColumn(14))) {
        record.collections.push_back(std::stoll(collection));
    }
    return record;
}

std::int64_t now_unix_ms() {
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

std::string without_breaks(std::string tag) {
    std::ranges::replace(tag, '\n', ' ');
    return tag;
}

void put_tags(const DatabaseFile& database, std::int64_t id, const std::vector<std::string>& tags) {
    SQLite::Statement insert(*database, "INSERT OR IGNORE INTO clip_tags (clip, tag) VALUES (?, ?)");
    for (const std::string& tag : tags) {
        insert.bind(1, id);
        insert.bind(2, without_breaks(tag));
        insert.exec();
        insert.reset();
    }
}

template <typename Value>
std::optional<ClipRecord>
find_first(const DatabaseFile& database, const std::string& condition, const Value& value) {
    return database.guarded([&]() -> std::optional<ClipRecord> {
        SQLite::Statement row(
            *database, std::string("SELECT ") + columns + " FROM clips WHERE " + condition + " LIMIT 1"
        );
        row.bind(1, value);
        return row.executeStep() ? std::optional(record_from(row)) : std::nullopt;
    });
}

/// What a clip is found by: those that took over on the way, too.
std::string prompts_of(const Recipe& recipe) {
    std::string text = recipe.prompt;
    for (const PromptChange& change : recipe.prompt_changes) {
        text += '\n' + change.prompt;
    }
    for (const StepChange& change : recipe.step_changes) {
        text += '\n' + change.prompt;
    }
    return text;
}

} // namespace

ClipLibrary::ClipLibrary(const std::filesystem::path& database, std::vector<std::string>* problems)
    : state_(std::make_unique<State>(State{DatabaseFile(
          database,
          {"clip library",
           clip_library_versions(),
           {"clips", "clip_tags", "collections", "collection_clips", "clip_looks"}},
          problems
      )})) {
    changed_elsewhere();
}

ClipLibrary::~ClipLibrary() = default;

std::int64_t ClipLibrary::add(const ClipRecord& record) {
    return state_->database.guarded([&] {
        SQLite::Transaction transaction(*state_->database, SQLite::TransactionBehavior::IMMEDIATE);
        SQLite::Statement insert(
            *state_->database,
            "INSERT INTO clips (file, prompt, recipe, state, width, height, frames, seconds_to_make, report, "
            "created_unix_ms, favourite, id, model, rating, content) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
        );
        insert.bind(1, record.file.string());
        insert.bind(2, prompts_of(record.recipe));
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
        insert.bind(13, record.recipe.model);
        insert.bind(14, record.rating);
        insert.bind(15, record.content);
        insert.exec();
        const std::int64_t id =
            record.id > 0 ? record.id : static_cast<std::int64_t>(state_->database->getLastInsertRowid());
        put_tags(state_->database, id, record.tags);
        for (const std::int64_t collection : record.collections) {
            put_into_collection(*state_->database, collection, {{id}});
        }
        transaction.commit();
        return id;
    });
}

void ClipLibrary::set_favourite(std::int64_t id, bool favourite) {
    state_->run("UPDATE clips SET favourite = ? WHERE id = ?", favourite ? 1 : 0, id);
}

void ClipLibrary::set_rating(std::int64_t id, int rating) {
    state_->run("UPDATE clips SET rating = ? WHERE id = ?", std::clamp(rating, 0, most_stars), id);
}

void ClipLibrary::set_content(std::int64_t id, const std::string& key) {
    state_->run("UPDATE clips SET content = ? WHERE id = ?", key, id);
}

void ClipLibrary::set_file(std::int64_t id, const std::filesystem::path& file) {
    state_->run("UPDATE clips SET file = ? WHERE id = ?", file.string(), id);
}

void ClipLibrary::set_tags(std::int64_t id, const std::vector<std::string>& tags) {
    state_->database.guarded([&] {
        SQLite::Transaction transaction(*state_->database, SQLite::TransactionBehavior::IMMEDIATE);
        SQLite::Statement erase(*state_->database, "DELETE FROM clip_tags WHERE clip = ?");
        erase.bind(1, id);
        erase.exec();
        put_tags(state_->database, id, tags);
        transaction.commit();
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
    state_->run("DELETE FROM clips WHERE id = ?", id);
}

std::vector<std::int64_t> ClipLibrary::ids(const ClipQuery& query, int limit) const {
    return state_->database.guarded([&] {
        const ClipSearch search = clip_search(query, limit);
        SQLite::Statement rows(*state_->database, search.sql);
        int index = 0;
        for (const auto& value : search.values) {
            std::visit([&](const auto& bound) { rows.bind(++index, bound); }, value);
        }
        std::vector<std::int64_t> ids;
        while (rows.executeStep()) {
            ids.push_back(rows.getColumn(0).getInt64());
        }
        return ids;
    });
}

std::vector<ClipRecord> ClipLibrary::read(std::span<const std::int64_t> ids) const {
    return state_->database.guarded([&] {
        const SQLite::Transaction one_state(*state_->database); // and one lock for all of them
        SQLite::Statement row(
            *state_->database, std::string("SELECT ") + columns + " FROM clips WHERE id = ?"
        );
        std::vector<ClipRecord> records;
        records.reserve(ids.size());
        for (const std::int64_t id : ids) {
            row.bind(1, id);
            if (row.executeStep()) {
                records.push_back(record_from(row));
            }
            row.reset();
        }
        return records;
    });
}

std::vector<ClipRecord> ClipLibrary::list(const ClipQuery& query, int limit) const {
    return read(ids(query, limit));
}

std::optional<ClipRecord> ClipLibrary::find(std::int64_t id) const {
    return find_first(state_->database, "id = ?", id);
}

std::optional<ClipRecord> ClipLibrary::find(const std::filesystem::path& file) const {
    return find_first(state_->database, "file = ? ORDER BY id DESC", file.string());
}

std::optional<ClipRecord> ClipLibrary::find_content(const std::string& key) const {
    return key.empty() ? std::nullopt
                       : find_first(state_->database, "content = ? AND content <> '' ORDER BY id DESC", key);
}

std::vector<TagCount> ClipLibrary::tags() const {
    return state_->database.guarded([&] {
        SQLite::Statement rows(
            *state_->database, "SELECT tag, COUNT(*) FROM clip_tags GROUP BY tag ORDER BY COUNT(*) DESC, tag"
        );
        std::vector<TagCount> tags;
        while (rows.executeStep()) {
            tags.push_back({rows.getColumn(0).getString(), rows.getColumn(1).getInt64()});
        }
        return tags;
    });
}

std::vector<std::string> ClipLibrary::models() const {
    return state_->database.guarded([&] {
        SQLite::Statement rows(
            *state_->database,
            "SELECT DISTINCT model FROM clips INDEXED BY clips_light WHERE model <> '' ORDER BY 1"
        );
        std::vector<std::string> models;
        while (rows.executeStep()) {
            models.push_back(rows.getColumn(0).getString());
        }
        return models;
    });
}

std::optional<ClipRecord> ClipLibrary::find(const Recipe& recipe) const {
    return find_first(
        state_->database, "state = 'finished' AND recipe = ? ORDER BY id DESC", to_json(recipe)
    );
}

bool ClipLibrary::changed_elsewhere() {
    return state_->database.guarded([&] {
        const int version = state_->database->execAndGet("PRAGMA data_version").getInt();
        return std::exchange(state_->seen_version, version) != version;
    });
}

} // namespace rushes
