#include "base/paths.h"

#include <cstdlib>
#include <fstream>

namespace rushes {
namespace fs = std::filesystem;

namespace {

fs::path from_environment(const char* variable) {
    const char* value = std::getenv(variable);
    return value != nullptr && *value == '/' ? fs::path(value) : fs::path();
}

fs::path home() {
    const fs::path path = from_environment("HOME");
    return path.empty() ? fs::temp_directory_path() : path;
}

fs::path xdg(const char* variable, const char* fallback_below_home) {
    const fs::path path = from_environment(variable);
    return (path.empty() ? home() / fallback_below_home : path) / "rushes";
}

/// XDG_VIDEOS_DIR lives in user-dirs.dirs, as a shell assignment: XDG_VIDEOS_DIR="$HOME/Videos".
fs::path user_videos() {
    if (const fs::path path = from_environment("XDG_VIDEOS_DIR"); !path.empty()) {
        return path;
    }
    const fs::path config = from_environment("XDG_CONFIG_HOME");
    std::ifstream file((config.empty() ? home() / ".config" : config) / "user-dirs.dirs");
    const std::string key = "XDG_VIDEOS_DIR=\"";
    for (std::string line; std::getline(file, line);) {
        const auto end = line.rfind('"');
        if (!line.starts_with(key) || end < key.size()) {
            continue;
        }
        const std::string value = line.substr(key.size(), end - key.size());
        return value.starts_with("$HOME/") ? home() / value.substr(6) : fs::path(value);
    }
    return home() / "Videos";
}

} // namespace

fs::path config_dir() {
    return xdg("XDG_CONFIG_HOME", ".config");
}

fs::path data_dir() {
    return xdg("XDG_DATA_HOME", ".local/share");
}

fs::path cache_dir() {
    return xdg("XDG_CACHE_HOME", ".cache");
}

fs::path state_dir() {
    return xdg("XDG_STATE_HOME", ".local/state");
}

fs::path videos_dir() {
    return user_videos() / "Rushes";
}

fs::path executable_dir() {
    std::error_code error;
    const fs::path path = fs::read_symlink("/proc/self/exe", error);
    return error ? fs::current_path() : path.parent_path();
}

fs::path resources_dir() {
    if (const fs::path path = from_environment("RUSHES_RESOURCES"); !path.empty()) {
        return path;
    }
    const fs::path installed = executable_dir().parent_path() / "share" / "rushes";
    return fs::exists(installed / "models") ? installed : fs::path(RUSHES_SOURCE_DIR) / "resources";
}

std::string lower_extension(const fs::path& path) {
    std::string extension = path.extension().string();
    for (char& c : extension) {
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return extension;
}

fs::path unused_name(const fs::path& path) {
    fs::path candidate = path;
    std::error_code error; // a name that can't be is unused too: who writes to it says why
    for (int n = 1; fs::exists(candidate, error); ++n) {
        candidate = path;
        candidate.replace_filename(
            path.stem().string() + "-" + std::to_string(n) + path.extension().string()
        );
    }
    return candidate;
}

} // namespace rushes
