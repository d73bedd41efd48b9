#include "serve/picture_shelf.h"

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/sha256.h"
#include "media/picture_header.h"
#include "media/read_picture.h"
#include "serve/message.h"

#include <algorithm>
#include <vector>

namespace rushes::serve {

namespace fs = std::filesystem;

namespace {

/// By its first bytes, before FFmpeg sees it: that reads lists of other files too.
void check_header(std::string_view bytes) {
    const PictureHeader header = read_picture_header(bytes);
    const bool known = header.kind == PictureKind::png || header.kind == PictureKind::jpeg ||
                       header.kind == PictureKind::webp;
    if (!known || header.width <= 0 || header.height <= 0) {
        throw Error(ErrorKind::user, "This is no picture that can be read.", "Send a PNG, JPEG or WebP.");
    }
    if (header.width > PictureShelf::most_side || header.height > PictureShelf::most_side) {
        throw Error(
            ErrorKind::user,
            "The picture is " + std::to_string(header.width) + "x" + std::to_string(header.height) +
                " pixels, more than " + std::to_string(PictureShelf::most_side) + " on a side.",
            "Send a smaller one."
        );
    }
}

/// Decoded beside its place; what can't be is removed again.
Frame decoded(const fs::path& draft, std::string_view bytes) {
    write_file(draft, bytes);
    try {
        return read_picture(draft);
    } catch (const Error&) {
        std::error_code ignored;
        fs::remove(draft, ignored);
        throw Error(ErrorKind::user, "The picture is damaged.", "Send it again.");
    }
}

} // namespace

fs::path PictureShelf::find(const std::string& hash) const {
    std::error_code none;
    const fs::path file = folder_ / hash;
    return is_picture_hash(hash) && fs::is_regular_file(file, none) ? file : fs::path();
}

PictureShelf::Kept PictureShelf::keep(std::string_view bytes, const std::set<std::string>& in_use) {
    check_header(bytes);
    Sha256 hash;
    hash.update(bytes);
    Kept kept{hash.finish(), 0, 0, true};
    std::error_code ignored;
    if (const fs::path known = find(kept.hash); !known.empty()) {
        const Frame picture = read_picture(known);
        fs::last_write_time(known, fs::file_time_type::clock::now(), ignored); // the last that goes
        return {kept.hash, picture.width, picture.height, false};
    }
    make_room(bytes.size(), in_use);
    const fs::path draft = folder_ / (kept.hash + ".part");
    const Frame picture = decoded(draft, bytes);
    kept.width = picture.width;
    kept.height = picture.height;
    fs::rename(draft, folder_ / kept.hash, ignored);
    if (ignored) {
        throw Error(ErrorKind::resource, "The picture could not be kept: " + ignored.message() + ".");
    }
    return kept;
}

void PictureShelf::make_room(std::uint64_t bytes, const std::set<std::string>& in_use) const {
    struct Old {
        fs::file_time_type time;
        fs::path file;
        std::uint64_t bytes;
    };

    std::vector<Old> all;
    std::uint64_t taken = bytes;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(folder_, ignored)) {
        all.push_back({entry.last_write_time(ignored), entry.path(), entry.file_size(ignored)});
        taken += all.back().bytes;
    }
    std::ranges::sort(all, {}, &Old::time);
    for (const Old& old : all) {
        if (taken <= room_) {
            return;
        }
        if (!in_use.contains(old.file.filename().string())) {
            fs::remove(old.file, ignored);
            taken -= old.bytes;
        }
    }
    if (taken > room_) {
        throw Error(
            ErrorKind::transient,
            "There is no room for more pictures: jobs that wait need those that are here.",
            "Try again when some of them are made."
        );
    }
}

} // namespace rushes::serve
