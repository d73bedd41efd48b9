// The clips made so far, kept in SQLite (WAL): survives a kill at any moment.
#pragma once

#include "generation/recipe.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace rushes {

enum class ClipState { finished, stopped, failed };

struct ClipRecord {
    std::int64_t id = 0; ///< given by ClipLibrary::add()
    std::filesystem::path file;
    Recipe recipe;
    ClipState state = ClipState::finished;
    int width = 0;
    int height = 0;
    int frames = 0;
    double seconds_to_make = 0;
    std::string report_json; ///< phase times
    std::int64_t created_unix_ms = 0;
    bool favourite = false;
};

class ClipLibrary {
public:
    /// Opens or makes the database. Throws Error{resource} with the file's name; a newer schema is refused.
    explicit ClipLibrary(const std::filesystem::path& database);
    ~ClipLibrary();

    /// `record.id` 0: a new one is given; otherwise the clip comes back under its old number.
    std::int64_t add(const ClipRecord& record);
    void set_favourite(std::int64_t id, bool favourite);
    /// Forgets the clip; the file stays.
    void remove(std::int64_t id);
    /// The clip's file lies elsewhere now.
    void set_file(std::int64_t id, const std::filesystem::path& file);
    std::int64_t count() const;
    /// Newest first; `search` matches words of the prompt (empty: all), `favourites`: only those.
    std::vector<ClipRecord> list(int limit, const std::string& search = {}, bool favourites = false) const;
    std::optional<ClipRecord> find(std::int64_t id) const;
    /// The newest clip with this file.
    std::optional<ClipRecord> find(const std::filesystem::path& file) const;
    /// True once after another process, or another ClipLibrary of this one, changed something.
    bool changed_elsewhere();

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace rushes
