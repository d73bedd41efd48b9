// A directory that is there when it is whole.
#pragma once

#include <cstdint>
#include <filesystem>

namespace rushes {

/// Stands beside its target until keep() renames it; without keep() it is removed with all in it.
class NewDirectory {
public:
    /// Throws Error{user} when the target exists (nothing is overwritten), Error{resource} when it cannot be
    /// made.
    explicit NewDirectory(std::filesystem::path target);
    ~NewDirectory();

    NewDirectory(const NewDirectory&) = delete;
    NewDirectory& operator=(const NewDirectory&) = delete;

    const std::filesystem::path& path() const { return part_; } ///< where to write meanwhile

    /// Throws Error{user} when the target came to be meanwhile; Error{resource}.
    void keep();

private:
    std::filesystem::path target_;
    std::filesystem::path part_;
};

/// Throws Error{resource} when the disk that `target` is to lie on has not so much room.
void require_room(const std::filesystem::path& target, std::uint64_t bytes);

} // namespace rushes
