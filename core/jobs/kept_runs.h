// What runs left behind that others may begin with: another way from a block of a clip, other values from one
// of its steps on, or the same clip again. A folder for each run, the files of checkpoint_files.h in it.
#pragma once

#include <cstdint>
#include <filesystem>

namespace rushes {

/// state_dir()/kept.
std::filesystem::path kept_runs();

/// So much may be kept where there is room: a tenth of what the disk has free beside it, at most 4 GiB.
std::uint64_t most_kept(const std::filesystem::path& kept);

/// A run is over: what is in its own folder moves to `kept`, and of all that is there what nobody used for
/// the longest goes until it is `most_bytes` at most. Never throws: what cannot be moved is lost, no more.
void keep_run(
    const std::filesystem::path& checkpoint, const std::filesystem::path& kept, std::uint64_t most_bytes
);

} // namespace rushes
