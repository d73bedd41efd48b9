#include "media/target_file.h"

#include "base/bytes_in_words.h"
#include "base/error.h"
#include "base/paths.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <string>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace rushes {
namespace fs = std::filesystem;

namespace {

std::string reason(int code) {
    return std::generic_category().message(code);
}

Error cannot_write(const fs::path& path, int code) {
    const bool full = code == ENOSPC || code == EDQUOT || code == EFBIG;
    return {
        full ? ErrorKind::resource : ErrorKind::user,
        "Cannot write '" + path.string() + "': " + reason(code) + ".",
        code == ENAMETOOLONG ? "Choose a shorter name."
        : full               ? "Free some space or choose a folder on another disk."
                             : "Choose another folder.",
        code == ENAMETOOLONG ? Lever::none : Lever::other_folder,
    };
}

void make_folder(const fs::path& folder) {
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) {
        throw Error(
            ErrorKind::user,
            "Cannot make the folder '" + folder.string() + "': " + error.message() + ".",
            "Choose another folder.",
            Lever::other_folder
        );
    }
}

/// True when it was made, false when the name is taken.
bool claim(const fs::path& part, bool is_folder, const fs::path& target) {
    if (is_folder) {
        if (::mkdir(part.c_str(), 0777) == 0) {
            return true;
        }
    } else if (const int handle = ::open(part.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666);
               handle >= 0) {
        ::close(handle);
        return true;
    }
    if (errno != EEXIST) {
        throw cannot_write(target, errno);
    }
    return false;
}

} // namespace

TargetFile::TargetFile(fs::path target, bool is_folder) : target_(std::move(target)) {
    const fs::path folder = target_.has_parent_path() ? target_.parent_path() : fs::path(".");
    std::error_code error; // a name that can't be is refused when it is written to
    if (target_.filename().empty() || fs::is_directory(target_, error)) {
        throw Error(
            ErrorKind::user,
            "'" + target_.string() + "' is a folder, not a file's name.",
            "Add a file name such as clip.mp4."
        );
    }
    make_folder(folder);
    std::string name = "." + target_.filename().string() + ".part";
    std::replace(name.begin(), name.end(), '%', '_'); // the folder of a sequence is no pattern itself
    do {
        part_ = unused_name(folder / name);
    } while (!claim(part_, is_folder, target_));
    lock_ = FileLock::try_lock(part_);
}

TargetFile::~TargetFile() {
    discard();
}

void TargetFile::discard() {
    if (!part_.empty()) {
        std::error_code ignored;
        fs::remove_all(part_, ignored);
        part_.clear();
        lock_.reset();
    }
}

fs::path TargetFile::publish() {
    return publish_as(target_);
}

fs::path TargetFile::publish_as(const fs::path& wanted) {
    sync_to_disk(part_);
    fs::path name = unused_name(wanted);
    while (!rename_to_unused(part_, name)) {
        name = unused_name(wanted);
    }
    part_.clear();
    lock_.reset();
    sync_to_disk(name.has_parent_path() ? name.parent_path() : fs::path("."));
    return name;
}

bool rename_to_unused(const fs::path& from, const fs::path& to) {
    if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) {
        return true;
    }
    if (errno == EEXIST) {
        return false;
    }
    // Some file systems do not know RENAME_NOREPLACE.
    if (errno == EINVAL || errno == ENOSYS) {
        std::error_code error;
        if (fs::exists(to, error)) {
            return false;
        }
        if (::rename(from.c_str(), to.c_str()) == 0) {
            return true;
        }
    }
    throw cannot_write(to, errno);
}

void sync_to_disk(const fs::path& path) {
    const int handle = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (handle < 0) {
        throw cannot_write(path, errno);
    }
    // Network and FUSE file systems may not know fsync; a real failure to write is EIO, ENOSPC or EDQUOT.
    const int code =
        ::fsync(handle) == 0 || errno == EINVAL || errno == ENOTSUP || errno == EROFS ? 0 : errno;
    ::close(handle);
    if (code != 0) {
        throw cannot_write(path, code);
    }
}

void require_space(const fs::path& target, std::uint64_t bytes) {
    std::error_code error;
    fs::path folder = fs::absolute(target, error).parent_path();
    while (!folder.empty() && folder != folder.root_path() && !fs::exists(folder, error)) {
        folder = folder.parent_path();
    }
    const fs::space_info space = fs::space(folder, error);
    if (error || space.available >= bytes) {
        return;
    }
    throw Error(
        ErrorKind::resource,
        "'" + target.string() + "' needs about " + bytes_in_words(bytes) + ", and only " +
            bytes_in_words(space.available) + " are free in '" + folder.string() + "'.",
        "Free some space, or choose a shorter clip, a smaller size or a folder on another disk.",
        Lever::other_folder
    );
}

} // namespace rushes
