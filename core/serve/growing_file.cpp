#include "serve/growing_file.h"

#include <fcntl.h>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>

namespace rushes::serve {
namespace {

constexpr std::uint64_t most_box_bytes = std::uint64_t{256} << 20;

std::uint64_t big_endian(std::string_view bytes) {
    std::uint64_t value = 0;
    for (const char byte : bytes) {
        value = value << 8 | static_cast<std::uint8_t>(byte);
    }
    return value;
}

} // namespace

std::shared_ptr<GrowingFile> GrowingFile::open(const std::filesystem::path& file) {
    const int handle = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    return handle < 0 ? nullptr : std::shared_ptr<GrowingFile>(new GrowingFile(handle));
}

GrowingFile::~GrowingFile() {
    ::close(handle_);
}

std::uint64_t GrowingFile::size() const {
    struct stat facts {};

    return ::fstat(handle_, &facts) == 0 ? static_cast<std::uint64_t>(facts.st_size) : 0;
}

std::string GrowingFile::read(std::uint64_t offset, std::size_t bytes) const {
    std::string out(bytes, '\0');
    std::size_t got = 0;
    while (got < bytes) {
        const ssize_t more =
            ::pread(handle_, out.data() + got, bytes - got, static_cast<off_t>(offset + got));
        if (more <= 0) {
            break;
        }
        got += static_cast<std::size_t>(more);
    }
    out.resize(got);
    return out;
}

std::string GrowingFile::read(const Piece& piece) const {
    std::string bytes = read(piece.offset, static_cast<std::size_t>(piece.size));
    return bytes.size() == piece.size ? bytes : std::string();
}

/// Goes on from the last whole box (ISO/IEC 14496-12, 4.2).
void GrowingFile::look() {
    const std::uint64_t end = size();
    while (true) {
        const std::string header = read(seen_, 16);
        if (header.size() < 8) {
            return;
        }
        std::uint64_t box = big_endian(std::string_view(header).substr(0, 4));
        const std::string type = header.substr(4, 4);
        if (box == 1 && header.size() == 16) {
            box = big_endian(std::string_view(header).substr(8, 8));
        }
        if (box < 8 || box > most_box_bytes || seen_ + box > end) {
            return; // not whole yet, or no box at all
        }
        if (type == "moof") {
            fragment_begin_ = seen_;
        }
        seen_ += box;
        if (type == "moov") {
            start_ = {0, seen_};
        } else if (type == "mdat" && fragment_begin_ > 0) {
            fragments_.push_back({fragment_begin_, seen_ - fragment_begin_});
        }
    }
}

std::string GrowingFile::start() {
    const std::lock_guard lock(mutex_);
    look();
    return start_.size == 0 ? std::string() : read(start_);
}

std::string GrowingFile::fragment(std::size_t index) {
    const std::lock_guard lock(mutex_);
    if (index >= fragments_.size()) {
        look();
    }
    return index < fragments_.size() ? read(fragments_[index]) : std::string();
}

std::size_t GrowingFile::fragments() {
    const std::lock_guard lock(mutex_);
    look();
    return fragments_.size();
}

} // namespace rushes::serve
