// A lock that one process holds and the system takes away when it ends, however it ends.
#pragma once

#include <filesystem>
#include <optional>

namespace rushes {

class FileLock {
public:
    /// Of a file, which is made when it is missing, or of a folder. Empty when somebody else holds the lock,
    /// or the file can't be made.
    static std::optional<FileLock> try_lock(const std::filesystem::path& file);
    ~FileLock();
    FileLock(FileLock&& other) noexcept;
    FileLock& operator=(FileLock&& other) noexcept;

private:
    explicit FileLock(int handle) : handle_(handle) {}

    int handle_;
};

} // namespace rushes
