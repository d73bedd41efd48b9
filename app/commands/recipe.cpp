// rushes recipe FILE
#include "commands/read_any_recipe.h"
#include "commands/run_command.h"
#include "commands/terminal.h"

#include <nlohmann/json.hpp>

namespace rushes {

int run_recipe(const RecipeCommand& command) {
    print(nlohmann::ordered_json::parse(read_any_recipe_json(command.file)).dump(2) + "\n");
    return exit_ok;
}

} // namespace rushes
