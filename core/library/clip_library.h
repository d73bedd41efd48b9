// The clips made so far, kept in SQLite (WAL): survives a kill at any moment.
#pragma once

#include "generation/recipe.h"
#include "library/clip_look.h"
#include "library/clip_query.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
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
    int rating = 0; ///< stars, 1..5; 0: none
    std::vector<std::string> tags;
    std::vector<std::int64_t> collections; ///< that it is in, their numbers
    std::string content;                   ///< content_key() of the file; empty: not known yet
};

struct TagCount {
    std::string tag;
    std::int64_t clips = 0;
};

struct Collection {
    std::int64_t id = 0; ///< given by ClipLibrary::make_collection()
    std::string name;
    std::int64_t clips = 0; ///< how many
};

/// A clip that looks like another one.
struct Alike {
    std::int64_t clip = 0;
    double difference = 0; ///< see clip_look.h
};

class ClipLibrary {
public:
    /// Opens or makes the database. Throws Error{resource} with the file's name; a newer schema is refused. A
    /// damaged file is put aside, what can be read of it is kept, and `problems` says so; without `problems`
    /// it is refused.
    explicit ClipLibrary(const std::filesystem::path& database, std::vector<std::string>* problems = nullptr);
    ~ClipLibrary();

    /// `record.id` 0: a new one is given; otherwise the clip comes back under its old number.
    std::int64_t add(const ClipRecord& record);
    void set_favourite(std::int64_t id, bool favourite);
    void set_rating(std::int64_t id, int rating);
    /// All of its tags; the same word in another case is the same tag.
    void set_tags(std::int64_t id, const std::vector<std::string>& tags);
    void set_content(std::int64_t id, const std::string& key);
    /// Forgets the clip; the file stays.
    void remove(std::int64_t id);
    /// The clip's file lies elsewhere now.
    void set_file(std::int64_t id, const std::filesystem::path& file);
    std::int64_t count() const;
    /// Numbers of the clips that are meant, in the order asked for; at most `limit`, 0: all.
    std::vector<std::int64_t> ids(const ClipQuery& query, int limit = 0) const;
    /// In this order; those that are gone are left out.
    std::vector<ClipRecord> read(std::span<const std::int64_t> ids) const;
    std::vector<ClipRecord> list(const ClipQuery& query, int limit) const;
    std::optional<ClipRecord> find(std::int64_t id) const;
    /// The newest clip with this file.
    std::optional<ClipRecord> find(const std::filesystem::path& file) const;
    /// The newest clip with this content_key().
    std::optional<ClipRecord> find_content(const std::string& key) const;
    /// The most used first.
    std::vector<TagCount> tags() const;
    /// Models that made clips of the library.
    std::vector<std::string> models() const;
    /// The newest finished clip of exactly this recipe, model hash and program version included.
    std::optional<ClipRecord> find(const Recipe& recipe) const;

    // Collections: sets of clips that a person put together. In clip_collections.cpp.
    /// In the order of their names.
    std::vector<Collection> collections() const;
    /// The new one's number, or that of the collection that has this name in any case.
    std::int64_t make_collection(const std::string& name);
    /// One that was removed comes back under its number, with these of its clips that are still there.
    void restore_collection(const Collection& collection, std::span<const std::int64_t> clips);
    /// False: another one has this name.
    bool rename_collection(std::int64_t id, const std::string& name);
    /// Its clips stay.
    void remove_collection(std::int64_t id);
    void put_into(std::int64_t collection, std::span<const std::int64_t> clips);
    void take_out_of(std::int64_t collection, std::span<const std::int64_t> clips);

    // What clips look like. In clip_looks.cpp.
    void set_look(std::int64_t id, const ClipLook& look);
    bool has_look(std::int64_t id) const;
    /// The clips that look like this one, the nearest first: at most `most`, none that is further than
    /// most_difference_of_same. Looks at every clip: 100,000 take seconds, and `stop` ends it with Stopped.
    std::vector<Alike> alike(const ClipLook& look, std::size_t most, const std::stop_token& stop = {}) const;

    /// True once after another process, or another ClipLibrary of this one, changed something.
    bool changed_elsewhere();

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace rushes
