// The flags of serve, top and warm.
#pragma once

#include "command_line.h"

#include <CLI/CLI.hpp>
#include <optional>

namespace rushes {

class ServiceOptions {
public:
    /// Adds the commands to the program's.
    explicit ServiceOptions(CLI::App& app);

    /// The one that was given, if it was one of these.
    std::optional<ModuleCommand> parsed() const;

private:
    ServeCommand serve_;
    TopCommand top_;
    WarmCommand warm_;
    CLI::App& serve_app_;
    CLI::App& top_app_;
    CLI::App& warm_app_;
};

} // namespace rushes
