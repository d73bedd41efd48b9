#include "jobs/clip_file.h"

#include "base/error.h"
#include "jobs/edited_clip.h"
#include "media/clip_reader.h"

namespace rushes {

ClipRecord record_of_file(const std::filesystem::path& file) {
    const auto json = read_recipe(file);
    if (!json) {
        throw Error(
            ErrorKind::user,
            "'" + file.filename().string() + "' carries no recipe.",
            "Only clips that Rushes made, with the recipe inside, can restore the settings."
        );
    }
    const ClipFacts facts = ClipReader(file).facts();
    ClipRecord record;
    record.id = -1;
    record.file = file;
    record.recipe = recipe_from_json(*json);
    record.recipe.frame_rate = facts.rate;
    record.width = facts.width;
    record.height = facts.height;
    record.frames = static_cast<int>(facts.frames);
    if (const auto edited = edited_in(*json)) {
        record.report_json = to_json(*edited);
    }
    return record;
}

std::optional<ClipLook> look_of_file(const std::filesystem::path& file) {
    try {
        ClipReader reader(file);
        return look_of_clip(reader.facts().frames, [&](std::int64_t index) { return reader.at(index); });
    } catch (const Error&) {
        return std::nullopt;
    }
}

} // namespace rushes
