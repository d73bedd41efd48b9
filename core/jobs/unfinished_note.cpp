#include "base/atomic_file.h"
#include "base/paths.h"
#include "jobs/unfinished.h"

#include <nlohmann/json.hpp>
#include <unistd.h>

namespace rushes {
namespace fs = std::filesystem;

using Json = nlohmann::json;

fs::path unfinished_notes() {
    return state_dir() / "unfinished";
}

UnfinishedNote::UnfinishedNote(const fs::path& folder, const fs::path& target, Then then)
    : target_(fs::absolute(target)), then_(then) {
    if (!folder.empty()) {
        write(unused_name(folder / (std::to_string(::getpid()) + ".json")), {});
    }
}

void UnfinishedNote::tell(const std::string& recipe_json) {
    if (!file_.empty()) {
        write(file_, recipe_json);
    }
}

void UnfinishedNote::write(const fs::path& file, const std::string& recipe_json) {
    Json note{{"target", target_.string()}, {"remove", then_ == Then::remove}};
    if (!recipe_json.empty()) {
        note["recipe"] = recipe_json;
    }
    try {
        write_file(file, note.dump(-1, ' ', false, Json::error_handler_t::replace));
        file_ = file;
    } catch (const std::exception&) { // NOLINT(bugprone-empty-catch)
        // As its header says.
    }
}

UnfinishedNote::~UnfinishedNote() {
    std::error_code error;
    fs::remove(file_, error);
}

} // namespace rushes
