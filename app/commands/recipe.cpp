// rushes recipe FILE
#include "base/paths.h"
#include "commands/read_any_recipe.h"
#include "commands/run_command.h"
#include "commands/terminal.h"
#include "jobs/clip_file.h"
#include "media/clip_reader.h"

#include <nlohmann/json.hpp>

namespace rushes {
namespace {

/// Of a clip that lost its recipe, on a platform perhaps: the library knows its clips by their look.
std::optional<ClipRecord> clip_that_looks_like(const std::filesystem::path& file) {
    const std::filesystem::path database = data_dir() / "library.db";
    if (!std::filesystem::exists(database)) {
        return std::nullopt;
    }
    const auto look = look_of_file(file);
    const ClipLibrary library(database);
    const std::vector<Alike> alike = look ? library.alike(*look, 1) : std::vector<Alike>();
    return alike.empty() ? std::nullopt : library.find(alike.front().clip);
}

std::string json_of(const std::filesystem::path& file) {
    if (lower_extension(file) != ".json" && !read_recipe(file)) {
        if (const auto clip = clip_that_looks_like(file)) {
            say("Note: '" + file.filename().string() + "' carries no recipe. It looks like '" +
                clip->file.filename().string() + "', whose recipe this is.");
            return to_json(clip->recipe);
        }
    }
    return read_any_recipe_json(file); // says what is missing
}

} // namespace

int run_recipe(const RecipeCommand& command) {
    print(nlohmann::ordered_json::parse(json_of(command.file)).dump(2) + "\n");
    return exit_ok;
}

} // namespace rushes
