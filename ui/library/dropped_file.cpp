#include "library/dropped_file.h"

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/paths.h"
#include "work/clip_work.h"

namespace rushes::ui {

namespace {

ClipRecord recordOfVideo(const std::filesystem::path& file) {
    const ClipFacts facts = clipWork().open_clip(file)->facts();
    ClipRecord record;
    record.id = -1;
    record.file = file;
    record.recipe.frame_rate = facts.rate;
    record.width = facts.width;
    record.height = facts.height;
    record.frames = static_cast<int>(facts.frames);
    return record;
}

} // namespace

DroppedFile readDropped(const std::filesystem::path& file) {
    if (lower_extension(file) == ".json") {
        return {recipe_from_json(read_file(file)), std::nullopt};
    }
    try {
        ClipRecord record = clipWork().record_of_file(file);
        return {record.recipe, record};
    } catch (const Error&) {
        // A video that says nothing about its making is shown all the same; what is none says so here.
        return {std::nullopt, recordOfVideo(file)};
    }
}

} // namespace rushes::ui
