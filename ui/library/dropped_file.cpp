#include "library/dropped_file.h"

#include "base/atomic_file.h"
#include "base/error.h"
#include "work/clip_work.h"

namespace rushes::ui {

namespace {

Recipe recipeIn(const std::filesystem::path& file) {
    if (file.extension() == ".json") {
        return recipe_from_json(read_file(file));
    }
    const auto json = clipWork().read_recipe(file);
    if (!json) {
        throw Error(
            ErrorKind::user,
            "'" + file.filename().string() + "' carries no recipe.",
            "Only clips that Rushes made, with the recipe inside, can restore the settings."
        );
    }
    return recipe_from_json(*json);
}

ClipRecord recordOfFile(const std::filesystem::path& file, const Recipe& recipe) {
    const ClipFacts facts = clipWork().open_clip(file)->facts();
    ClipRecord record;
    record.id = -1;
    record.file = file;
    record.recipe = recipe;
    record.recipe.frame_rate = facts.rate;
    record.width = facts.width;
    record.height = facts.height;
    record.frames = static_cast<int>(facts.frames);
    return record;
}

} // namespace

DroppedFile readDropped(const std::filesystem::path& file) {
    const Recipe recipe = recipeIn(file);
    if (file.extension() == ".json") {
        return {recipe, std::nullopt};
    }
    return {recipe, recordOfFile(file, recipe)};
}

} // namespace rushes::ui
