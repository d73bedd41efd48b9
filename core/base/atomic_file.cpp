#include "base/atomic_file.h"

#include "base/error.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <unistd.h>

namespace rushes {
namespace fs = std::filesystem;

std::string read_file(const fs::path& path, std::size_t max_bytes) {
    std::error_code error;
    // Looked at before it is opened: opening a pipe waits for its writer.
    const bool regular = fs::is_regular_file(path, error);
    const auto size = regular ? fs::file_size(path, error) : 0;
    std::ifstream file;
    if (regular && !error) {
        file.open(path, std::ios::binary);
    }
    if (!file.is_open()) {
        throw Error(
            ErrorKind::user,
            "Cannot read '" + path.string() + "': there is no such file, or it is not readable."
        );
    }
    if (size > max_bytes) {
        throw Error(
            ErrorKind::user,
            "'" + path.string() + "' is too large to be what it should be (" + std::to_string(size) +
                " bytes)."
        );
    }
    std::string bytes(size, '\0');
    file.read(bytes.data(), static_cast<std::streamsize>(size));
    if (static_cast<std::size_t>(file.gcount()) != size) {
        throw Error(ErrorKind::resource, "Reading '" + path.string() + "' stopped before its end.");
    }
    return bytes;
}

void write_file(const fs::path& path, std::string_view bytes) {
    std::error_code error;
    if (path.has_parent_path()) {
        fs::create_directories(path.parent_path(), error);
    }
    const fs::path part = path.string() + ".part" + std::to_string(::getpid());
    {
        std::ofstream file(part, std::ios::binary | std::ios::trunc);
        file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        file.flush();
        if (!file) {
            const std::string reason = std::strerror(errno);
            fs::remove(part, error);
            throw Error(
                ErrorKind::resource,
                "Cannot write '" + path.string() + "': " + reason + ".",
                "Choose another folder or free some space.",
                Lever::other_folder
            );
        }
    }
    fs::rename(part, path, error);
    if (error) {
        const std::string reason = error.message();
        fs::remove(part, error);
        throw Error(ErrorKind::resource, "Cannot write '" + path.string() + "': " + reason + ".");
    }
}

} // namespace rushes
