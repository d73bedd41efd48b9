#include "base/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>
#include <utility>

namespace rushes {

std::optional<FileLock> FileLock::try_lock(const std::filesystem::path& file) {
    int handle = ::open(file.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0666);
    if (handle < 0) {
        handle = ::open(file.c_str(), O_RDONLY | O_CLOEXEC); // a folder
    }
    if (handle < 0) {
        return std::nullopt;
    }
    if (::flock(handle, LOCK_EX | LOCK_NB) != 0) {
        ::close(handle);
        return std::nullopt;
    }
    return FileLock(handle);
}

FileLock::~FileLock() {
    if (handle_ >= 0) {
        ::close(handle_);
    }
}

FileLock::FileLock(FileLock&& other) noexcept : handle_(std::exchange(other.handle_, -1)) {}

FileLock& FileLock::operator=(FileLock&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
}

} // namespace rushes
