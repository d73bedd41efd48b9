#include "nn/weights/mapped_file.h"

#include "base/error.h"
#include "nn/weights/tensor_entry.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace rushes {

namespace {

class FileDescriptor {
public:
    explicit FileDescriptor(const std::filesystem::path& path)
        : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}

    ~FileDescriptor() {
        if (fd_ >= 0) {
            ::close(fd_);
        }
    }

    FileDescriptor(const FileDescriptor&) = delete;
    FileDescriptor& operator=(const FileDescriptor&) = delete;

    int get() const { return fd_; }

private:
    int fd_;
};

[[noreturn]] void cannot_read(const std::filesystem::path& path) {
    const std::string reason = std::generic_category().message(errno);
    throw Error(ErrorKind::user, quoted(path) + " cannot be read (" + reason + ").");
}

} // namespace

MappedFile::MappedFile(const std::filesystem::path& path) {
    const FileDescriptor file(path);

    struct stat status {};

    if (file.get() < 0 || ::fstat(file.get(), &status) != 0) {
        cannot_read(path);
    }
    if (!S_ISREG(status.st_mode)) {
        throw Error(ErrorKind::user, quoted(path) + " is not a file.");
    }
    size_ = static_cast<std::size_t>(status.st_size);
    if (size_ == 0) {
        return; // nothing to map; whoever parses it says what is missing
    }
    void* address = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file.get(), 0);
    if (address == MAP_FAILED) {
        cannot_read(path);
    }
    data_ = {static_cast<const std::byte*>(address), [address, size = size_](const std::byte*) {
                 ::munmap(address, size);
             }};
}

void MappedFile::release(std::size_t offset, std::size_t count) const {
    const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    const std::size_t begin = (offset + page - 1) / page * page; // its neighbours' pages stay
    const std::size_t end = (offset + count) / page * page;
    if (end > begin) {
        ::madvise(const_cast<std::byte*>(data_.get() + begin), end - begin, MADV_DONTNEED);
    }
}

void MappedFile::fetch(std::size_t offset, std::size_t count) const {
#ifdef MADV_POPULATE_READ
    const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    const std::size_t begin = offset / page * page;
    // For madvise the pointer is an address, nothing is written. A refusal (an old kernel) costs nothing:
    // the pages come when they are used.
    auto* const address = const_cast<std::byte*>(data_.get() + begin);
    ::madvise(address, std::min(offset + count, size_) - begin, MADV_POPULATE_READ);
#else
    static_cast<void>(offset);
    static_cast<void>(count);
#endif
}

} // namespace rushes
