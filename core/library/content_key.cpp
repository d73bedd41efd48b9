#include "library/content_key.h"

#include "base/sha256.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <set>
#include <system_error>

namespace rushes {
namespace fs = std::filesystem;

namespace {

constexpr std::uintmax_t part = 64 << 10;

} // namespace

std::string content_key(const fs::path& file) {
    std::error_code failed;
    const std::uintmax_t size = fs::file_size(file, failed);
    std::ifstream stream(file, std::ios::binary);
    if (failed || !stream) {
        return {};
    }
    Sha256 hash;
    std::string bytes;
    const std::uintmax_t last = size > part ? size - part : 0;
    for (const std::uintmax_t start : {std::uintmax_t{0}, last / 2, last}) {
        bytes.resize(static_cast<std::size_t>(std::min(part, size)));
        stream.seekg(static_cast<std::streamoff>(start));
        if (!stream.read(bytes.data(), static_cast<std::streamsize>(bytes.size()))) {
            return {};
        }
        hash.update(bytes);
    }
    return std::to_string(size) + ':' + hash.finish();
}

std::map<std::string, fs::path> find_by_content(
    const std::vector<std::string>& keys,
    const std::vector<fs::path>& folders,
    std::size_t most_files,
    std::stop_token stop
) {
    std::set<std::uintmax_t> sizes; // only files of these are read
    for (const std::string& key : keys) {
        sizes.insert(std::strtoull(key.c_str(), nullptr, 10));
    }
    std::map<std::string, fs::path> found;
    std::set<fs::path> seen; // folders within each other
    for (const fs::path& folder : folders) {
        std::error_code failed;
        fs::recursive_directory_iterator place(folder, fs::directory_options::skip_permission_denied, failed);
        for (; !failed && place != fs::recursive_directory_iterator(); place.increment(failed)) {
            if (stop.stop_requested() || most_files-- == 0 || found.size() == keys.size()) {
                return found;
            }
            std::error_code odd;
            if (place->is_symlink(odd)) {
                continue;
            }
            if (place->is_directory(odd)) {
                const bool hidden = place->path().filename().string().starts_with('.');
                if (hidden || !seen.insert(place->path()).second) {
                    place.disable_recursion_pending();
                }
            } else if (place->is_regular_file(odd) && sizes.contains(place->file_size(odd)) && !odd) {
                const std::string key = content_key(place->path());
                if (std::ranges::find(keys, key) != keys.end()) {
                    found.emplace(key, place->path());
                }
            }
        }
    }
    return found;
}

} // namespace rushes
