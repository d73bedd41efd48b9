// A file that is written beside its target, under a hidden name, and gets its own name when it is whole.
#pragma once

#include "base/file_lock.h"

#include <cstdint>
#include <filesystem>
#include <optional>

namespace rushes {

/// Owns hidden neighbours of a target (".name.mp4.part"). What was not published is removed with it.
class TargetFile {
public:
    /// Makes the folder when it is missing, and an empty hidden file (or folder) that nobody else has.
    /// Throws Error{user} when the folder cannot be made or written to, Error{resource} for a full disk.
    explicit TargetFile(std::filesystem::path target, bool is_folder = false);
    ~TargetFile();
    TargetFile(const TargetFile&) = delete;
    TargetFile& operator=(const TargetFile&) = delete;

    const std::filesystem::path& target() const { return target_; }

    const std::filesystem::path& part() const { return part_; }

    /// Puts the bytes on the disk and renames: to the target, or when that exists to the next unused name,
    /// which is returned. Nothing is ever overwritten, not even by a race.
    std::filesystem::path publish();
    /// The same under another name.
    std::filesystem::path publish_as(const std::filesystem::path& name);

    /// Removes the hidden file now.
    void discard();

private:
    std::filesystem::path target_;
    std::filesystem::path part_;
    std::optional<FileLock> lock_; ///< says that somebody still writes (see recover_clip.h)
};

/// Renames unless `to` exists. False when it does; throws Error{resource} for everything else.
bool rename_to_unused(const std::filesystem::path& from, const std::filesystem::path& to);

/// Waits until the file's (or folder's) bytes are on the disk. Throws Error{resource}.
void sync_to_disk(const std::filesystem::path& path);

/// Throws Error{resource} when the disk of `target` has less than `bytes` free. Silent when the system does
/// not know.
void require_space(const std::filesystem::path& target, std::uint64_t bytes);

} // namespace rushes
