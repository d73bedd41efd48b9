// The flags of the commands for clips that are there: recipe, compare, edit.
#pragma once

#include "command_line.h"

#include <CLI/CLI.hpp>
#include <optional>

namespace rushes {

class ClipOptions {
public:
    /// Adds the commands to the program's.
    explicit ClipOptions(CLI::App& app);

    /// The one that was given, if it was one of these.
    std::optional<ModuleCommand> parsed() const;

private:
    void add_edit();

    RecipeCommand recipe_;
    CompareCommand compare_;
    EditCommand edit_;
    CLI::App& recipe_app_;
    CLI::App& compare_app_;
    CLI::App& edit_app_;
};

} // namespace rushes
