#include "commands/read_any_recipe.h"

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/paths.h"
#include "media/clip_reader.h"

namespace rushes {

std::string read_any_recipe_json(const std::filesystem::path& file) {
    std::string json;
    if (lower_extension(file) == ".json") {
        json = read_file(file, std::size_t{1} << 20);
    } else if (auto carried = read_recipe(file)) {
        json = std::move(*carried);
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
