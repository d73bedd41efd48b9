#include "models/hub_cache.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <optional>

namespace rushes {

namespace fs = std::filesystem;

namespace {

std::optional<fs::path> folder_in(const char* variable) {
    const char* const value = std::getenv(variable); // NOLINT(concurrency-mt-unsafe): nobody sets it
    return value != nullptr && *value != '\0' ? std::optional<fs::path>(value) : std::nullopt;
}

bool is_model(const fs::path& directory) {
    std::error_code error;
    return fs::is_regular_file(directory / "model_index.json", error);
}

fs::path current_snapshot(const fs::path& repository) {
    std::string commit;
    std::ifstream(repository / "refs" / "main") >> commit;
    if (!commit.empty() && is_model(repository / "snapshots" / fs::path(commit).filename())) {
        return repository / "snapshots" / fs::path(commit).filename();
    }
    std::error_code error;
    fs::path newest;
    fs::file_time_type time = fs::file_time_type::min();
    for (const auto& entry : fs::directory_iterator(repository / "snapshots", error)) {
        if (is_model(entry.path()) && (newest.empty() || entry.last_write_time(error) > time)) {
            newest = entry.path();
            time = entry.last_write_time(error);
        }
    }
    return newest;
}

} // namespace

fs::path hub_cache_dir() {
    if (const auto cache = folder_in("HF_HUB_CACHE")) {
        return *cache;
    }
    if (const auto home = folder_in("HF_HOME")) {
        return *home / "hub";
    }
    if (const auto cache = folder_in("XDG_CACHE_HOME")) {
        return *cache / "huggingface" / "hub";
    }
    return folder_in("HOME").value_or("/") / ".cache" / "huggingface" / "hub";
}

std::vector<fs::path> hub_models() {
    std::vector<fs::path> found;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(hub_cache_dir(), error)) {
        if (!entry.path().filename().string().starts_with("models--")) {
            continue;
        }
        if (const fs::path snapshot = current_snapshot(entry.path()); !snapshot.empty()) {
            found.push_back(snapshot);
        }
    }
    std::ranges::sort(found);
    return found;
}

std::string name_in_hub_cache(const fs::path& directory) {
    const std::string repository = directory.parent_path().parent_path().filename().string();
    if (directory.parent_path().filename() != "snapshots" || !repository.starts_with("models--")) {
        return {};
    }
    return repository.substr(repository.rfind("--") + 2);
}

} // namespace rushes
