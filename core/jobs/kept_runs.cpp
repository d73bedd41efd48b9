#include "jobs/kept_runs.h"

#include "base/make_room.h"
#include "base/paths.h"
#include "generation/checkpoint_files.h"

#include <algorithm>
#include <optional>
#include <vector>

namespace rushes {
namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t most_bytes_of_all = std::uint64_t{4} << 30;

std::vector<fs::path> entries_of(const fs::path& folder) {
    std::vector<fs::path> entries;
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(folder, none)) {
        entries.push_back(entry.path());
    }
    return entries;
}

std::optional<std::uint64_t> bytes_of(const fs::path& folder) {
    std::error_code other;
    if (!fs::is_directory(folder, other)) {
        return std::nullopt;
    }
    std::uint64_t sum = 0;
    for (const fs::path& file : entries_of(folder)) {
        std::error_code gone; // another program may make room at the same time
        const std::uint64_t bytes = fs::file_size(file, gone);
        sum += gone ? 0 : bytes;
    }
    return sum;
}

/// To another disk, too. False: it is where it was.
bool move(const fs::path& from, const fs::path& to) {
    std::error_code failed;
    fs::rename(from, to, failed);
    if (!failed) {
        return true;
    }
    fs::copy_file(from, to, fs::copy_options::overwrite_existing, failed);
    return !failed;
}

} // namespace

fs::path kept_runs() {
    return state_dir() / "kept";
}

std::uint64_t most_kept(const fs::path& kept) {
    std::error_code unknown;
    const fs::space_info space = fs::space(fs::exists(kept, unknown) ? kept : kept.parent_path(), unknown);
    if (unknown) {
        return 0;
    }
    std::uint64_t there = space.available;
    for (const fs::path& run : entries_of(kept)) {
        there += bytes_of(run).value_or(0);
    }
    return std::min(most_bytes_of_all, there / 10);
}

void keep_run(const fs::path& checkpoint, const fs::path& kept, std::uint64_t most_bytes) {
    std::error_code none;
    for (const fs::path& path : entries_of(checkpoint)) {
        const auto file = checkpoint_file(path);
        if (!file || file->kind == "prompt") {
            continue; // a wish was for that run alone; its recipe says it now
        }
        const fs::path folder = kept / file->run;
        fs::create_directories(folder, none);
        if (!move(path, folder / path.filename())) {
            fs::remove(folder, none); // where nothing else is in it
        }
        fs::last_write_time(folder, fs::file_time_type::clock::now(), none);
    }
    remove_checkpoint(checkpoint);
    make_room(kept, most_bytes, bytes_of);
}

} // namespace rushes
