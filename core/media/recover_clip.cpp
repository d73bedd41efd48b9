#include "media/recover_clip.h"

#include "base/error.h"
#include "base/file_lock.h"
#include "base/paths.h"
#include "media/clip_reader.h"
#include "media/name_pattern.h"
#include "media/target_file.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <string_view>

namespace rushes {
namespace fs = std::filesystem;

namespace {

/// Takes "-12" away where a name goes on with it.
std::string_view without_number(std::string_view text) {
    if (!text.starts_with('-')) {
        return text;
    }
    const auto end = std::ranges::find_if(text.substr(1), [](char c) {
        return std::isdigit(static_cast<unsigned char>(c)) == 0;
    });
    const auto digits = end - (text.begin() + 1);
    return digits > 0 ? text.substr(static_cast<std::size_t>(digits) + 1) : text;
}

/// True for ".clip.mp4.part", ".clip.mp4-2.part", and for a GIF's frames "..clip.gif.part.mkv.part".
bool belongs_to(std::string_view hidden, const std::string& target) {
    const bool spool = hidden.starts_with("..");
    const std::string begin = (spool ? ".." : ".") + target;
    if (!hidden.starts_with(begin)) {
        return false;
    }
    std::string_view rest = without_number(hidden.substr(begin.size()));
    if (!rest.starts_with(".part")) {
        return false;
    }
    rest.remove_prefix(std::string_view(".part").size());
    if (!spool) {
        return rest.empty();
    }
    if (!rest.starts_with(".mkv")) {
        return false;
    }
    return without_number(rest.substr(std::string_view(".mkv").size())) == ".part";
}

fs::path folder_of(const fs::path& target) {
    return target.has_parent_path() ? target.parent_path() : fs::path(".");
}

std::vector<fs::path> hidden_files(const fs::path& target) {
    std::string name = target.filename().string();
    std::ranges::replace(name, '%', '_');
    std::vector<fs::path> files;
    std::error_code error;
    for (fs::directory_iterator at(folder_of(target), error), end; !error && at != end; at.increment(error)) {
        if (belongs_to(at->path().filename().string(), name)) {
            files.push_back(at->path());
        }
    }
    std::ranges::sort(files);
    return files;
}

fs::path rename_to_next_unused(const fs::path& from, const fs::path& wanted) {
    fs::path name = unused_name(wanted);
    while (!rename_to_unused(from, name)) {
        name = unused_name(wanted);
    }
    return name;
}

bool has_frame(const fs::path& clip) {
    try {
        return ClipReader(clip).next() != nullptr;
    } catch (const Error&) {
        return false;
    }
}

/// The pictures of a sequence that were written whole: they come in order, the last one may be cut off.
std::optional<fs::path> recover_sequence(const fs::path& folder, const fs::path& target) {
    const auto pattern = NamePattern::parse(target.filename().string());
    const auto name_of = [&](int number) {
        return folder / (pattern ? pattern->name(number) : target.filename().string());
    };
    std::error_code error;
    int pictures = 0;
    while (has_frame(name_of(pictures)) && (pictures == 0 || pattern)) {
        ++pictures;
    }
    std::optional<fs::path> clip;
    if (pictures > 0 && !pattern) {
        clip = rename_to_next_unused(name_of(0), target);
    } else if (pictures > 0) {
        const NamePattern unused = pattern->unused_in(folder_of(target));
        for (int number = 0; number < pictures; ++number) {
            fs::rename(name_of(number), folder_of(target) / unused.name(number), error);
        }
        clip = folder_of(target) / unused.text();
    }
    fs::remove_all(folder, error);
    return clip;
}

std::optional<fs::path> recover(const fs::path& hidden, const fs::path& target) {
    std::error_code error;
    if (fs::is_directory(hidden, error)) {
        return recover_sequence(hidden, target);
    }
    if (!has_frame(hidden)) {
        fs::remove(hidden, error);
        return std::nullopt;
    }
    fs::path name = target;
    if (hidden.filename().string().starts_with("..")) {
        name.replace_extension(".mkv");
    }
    return rename_to_next_unused(hidden, name);
}

} // namespace

std::vector<fs::path> recover_clips(const fs::path& target) {
    std::vector<fs::path> clips;
    for (const fs::path& hidden : hidden_files(target)) {
        const auto lock = FileLock::try_lock(hidden);
        if (!lock) {
            continue;
        }
        if (auto clip = recover(hidden, target)) {
            clips.push_back(std::move(*clip));
        }
    }
    return clips;
}

bool is_being_written(const fs::path& target) {
    return std::ranges::any_of(hidden_files(target), [](const fs::path& hidden) {
        return !FileLock::try_lock(hidden);
    });
}

void remove_unfinished(const fs::path& target) {
    for (const fs::path& hidden : hidden_files(target)) {
        if (const auto lock = FileLock::try_lock(hidden)) {
            std::error_code error;
            fs::remove_all(hidden, error);
        }
    }
}

} // namespace rushes
