// A clip made of clips, as the library keeps it: with the recipe of its first part, and what it was made of.
#pragma once

#include "library/clip_library.h"
#include "media/clip_edit.h"

#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace rushes {

struct EditedPart {
    std::string hash; ///< SHA-256 of the source's file, hexadecimal
    std::string path; ///< where it was
    std::int64_t first = 0;
    std::int64_t last = 0; ///< included
    bool operator==(const EditedPart&) const = default;
};

/// What an edited clip was made of. Part of the recipe's JSON in its file ("edited"), and what the library
/// keeps in place of phase times (ClipRecord::report_json).
struct Edited {
    std::vector<EditedPart> parts;
    Loop loop = Loop::none;
    std::int64_t fade = 0; ///< frames, with Loop::fade
    bool operator==(const Edited&) const = default;
};

/// {"edited": {...}}
std::string to_json(const Edited& edited);

/// From to_json(), or a recipe as it stands in a file; nothing for another text.
std::optional<Edited> edited_in(const std::string& json);

/// Where an edit of these clips goes in `folder`: named after the first one, of its format where that can be
/// written, else .mp4.
std::filesystem::path edit_target(const ClipEdit& edit, const std::filesystem::path& folder);

struct EditedFile {
    ClipRecord record; ///< not in the library yet
    int fitted = 0;    ///< parts of another size that were cut to the first one's
};

/// The clip that was written. Its recipe is the first part's that has one, without
/// the model's hash: no model makes exactly this. `notes`: see UnfinishedNote. Throws as plan_edit() and
/// write_edit(); Stopped, with nothing left behind.
EditedFile edit_clips(
    const ClipEdit& edit,
    const std::filesystem::path& target,
    const std::filesystem::path& notes,
    const ExportSettings& settings = {},
    const std::function<void(double share)>& done = {},
    const std::stop_token& stop = {}
);

} // namespace rushes
