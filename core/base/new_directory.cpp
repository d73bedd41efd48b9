#include "base/new_directory.h"

#include "base/bytes_in_words.h"
#include "base/error.h"

#include <string>
#include <unistd.h>
#include <utility>

namespace rushes {

namespace {

namespace fs = std::filesystem;

std::string name_of(const fs::path& path) {
    return "'" + path.filename().string() + "'";
}

void require_new(const fs::path& target) {
    std::error_code error;
    if (fs::exists(target, error)) {
        throw Error(ErrorKind::user, name_of(target) + " exists already, and nothing is overwritten.");
    }
}

void require_made(const fs::path& target, bool made, const std::error_code& error) {
    if (!made) {
        throw Error(
            ErrorKind::resource,
            "The folder " + name_of(target) + " cannot be made (" + error.message() + ")."
        );
    }
}

/// The folder itself, or the nearest above it that exists.
fs::path existing_folder(const fs::path& target) {
    std::error_code error;
    fs::path folder = fs::absolute(target, error);
    while (folder.has_relative_path() && !fs::is_directory(folder, error)) {
        folder = folder.parent_path();
    }
    return folder;
}

} // namespace

NewDirectory::NewDirectory(fs::path target)
    : target_(target.has_filename() ? std::move(target) : target.parent_path()), part_(target_) {
    part_ += ".part" + std::to_string(::getpid());
    require_new(target_);
    std::error_code error;
    require_made(target_, fs::create_directories(part_, error), error);
}

NewDirectory::~NewDirectory() {
    std::error_code error;
    fs::remove_all(part_, error); // gone already when it was kept
}

void NewDirectory::keep() {
    require_new(target_);
    std::error_code error;
    fs::rename(part_, target_, error);
    require_made(target_, !error, error);
}

void require_room(const fs::path& target, std::uint64_t bytes) {
    std::error_code error;
    const fs::space_info space = fs::space(existing_folder(target), error);
    if (!error && space.available < bytes) {
        throw Error(
            ErrorKind::resource,
            name_of(target) + " takes " + bytes_in_words(bytes) + ", and the disk has " +
                bytes_in_words(space.available) + " free.",
            "Free some room or name another disk.",
            Lever::other_folder
        );
    }
}

} // namespace rushes
