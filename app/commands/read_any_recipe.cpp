#include "commands/read_any_recipe.h"

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/paths.h"
#include "commands/terminal.h"
#include "jobs/clip_file.h"
#include "library/clip_library.h"
#include "media/clip_reader.h"

#include <optional>
#include <utility>

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

} // namespace

std::string read_any_recipe_json(const std::filesystem::path& file) {
    std::string json;
    if (lower_extension(file) == ".json") {
        json = read_file(file, std::size_t{1} << 20);
    } else if (auto carried = read_recipe(file)) {
        json = std::move(*carried);
    } else if (const auto clip = clip_that_looks_like(file)) {
        say("Note: '" + file.filename().string() + "' carries no recipe. It looks like '" +
            clip->file.filename().string() + "', whose recipe this is.");
        json = to_json(clip->recipe);
    } else {
        throw Error(
            ErrorKind::user,
            "'" + file.string() + "' carries no recipe.",
            "Only clips that Rushes made (and whose tags nobody removed) do."
        );
    }
    recipe_from_json(json);
    return json;
}

Recipe read_any_recipe(const std::filesystem::path& file) {
    return recipe_from_json(read_any_recipe_json(file));
}

} // namespace rushes
