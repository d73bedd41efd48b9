#include "base/make_room.h"

#include <algorithm>
#include <vector>

namespace rushes {
namespace fs = std::filesystem;

void make_room(const fs::path& folder, std::uint64_t most_bytes, const BytesOfEntry& bytes_of) {
    struct Entry {
        fs::path path;
        fs::file_time_type used;
        std::uint64_t bytes;
    };

    std::vector<Entry> entries;
    std::uint64_t sum = 0;
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(folder, none)) {
        std::error_code gone;
        const fs::file_time_type used = entry.last_write_time(gone);
        const auto bytes = bytes_of(entry.path());
        if (bytes && !gone) {
            entries.push_back({entry.path(), used, *bytes});
            sum += *bytes;
        }
    }
    std::ranges::sort(entries, {}, &Entry::used);
    for (const Entry& entry : entries) {
        if (sum <= most_bytes) {
            return;
        }
        fs::remove_all(entry.path, none);
        sum -= entry.bytes;
    }
}

} // namespace rushes
