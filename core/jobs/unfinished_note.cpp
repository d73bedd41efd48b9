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

UnfinishedNote::UnfinishedNote(const fs::path& folder, const fs::path& target, Then then) {
    if (folder.empty()) {
        return;
    }
    try {
        const fs::path file = unused_name(folder / (std::to_string(::getpid()) + ".json"));
        const Json note{{"target", fs::absolute(target).string()}, {"remove", then == Then::remove}};
        write_file(file, note.dump(-1, ' ', false, Json::error_handler_t::replace));
        file_ = file;
    } catch (const std::exception&) {
        // As its header says.
    }
}

UnfinishedNote::~UnfinishedNote() {
    std::error_code error;
    fs::remove(file_, error);
}

} // namespace rushes
