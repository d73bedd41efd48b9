#include "jobs/unfinished.h"

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/paths.h"
#include "media/copy_clip.h"
#include "media/recover_clip.h"

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

namespace rushes {
namespace fs = std::filesystem;

namespace {

using Json = nlohmann::json;

constexpr std::size_t largest_note = std::size_t{4} << 20; // 24 long prompts, escaped twice

/// Empty for what is no note.
fs::path target_of(const Json& note) {
    const auto found = note.is_object() ? note.find("target") : note.end();
    return note.is_object() && found != note.end() && found->is_string() ? fs::path(found->get<std::string>())
                                                                         : fs::path();
}

/// Without the room for it the clip keeps the recipe that its file was begun with.
void put_noted_recipe(const Json& note, const std::vector<fs::path>& clips) {
    const auto recipe = note.find("recipe");
    if (recipe == note.end() || !recipe->is_string()) {
        return;
    }
    for (const fs::path& clip : clips) {
        try {
            put_recipe(clip, recipe->get<std::string>());
        } catch (const std::exception&) { // NOLINT(bugprone-empty-catch)
        }
    }
}

/// What is left of one clip; false while somebody writes it.
bool settle(const fs::path& file, std::vector<fs::path>& saved) {
    const Json note = Json::parse(read_file(file, largest_note), nullptr, /*allow_exceptions=*/false);
    const fs::path target = target_of(note);
    if (target.empty()) {
        return true;
    }
    if (note.value("remove", false)) {
        remove_unfinished(target);
    } else {
        auto clips = recover_clips(target);
        put_noted_recipe(note, clips);
        std::ranges::move(clips, std::back_inserter(saved));
    }
    return !is_being_written(target);
}

} // namespace

std::vector<fs::path> recover_unfinished(const fs::path& folder) {
    std::vector<fs::path> saved;
    std::error_code error;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
        if (lower_extension(at->path()) != ".json") {
            continue;
        }
        try {
            if (settle(at->path(), saved)) {
                std::error_code ignored;
                fs::remove(at->path(), ignored);
            }
        } catch (const Error&) {
            // It stays for the next start: the disk may be away, or full.
        }
    }
    return saved;
}

} // namespace rushes
