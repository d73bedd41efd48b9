// The flags of generate.
#pragma once

#include "command_line.h"

#include <CLI/CLI.hpp>
#include <optional>

namespace rushes {

/// Values that need more than a conversion; turned into the command's own fields after parsing.
struct GenerateTexts {
    std::string size;
    bool draft = false;
    bool no_draft = false;
    bool fast_decode = false;
};

class GenerateOptions {
public:
    /// Adds the command to the program's.
    explicit GenerateOptions(CLI::App& app);

    /// The command, if it was given. Throws CLI::ValidationError for flags that do not go together.
    std::optional<GenerateCommand> parsed();

private:
    GenerateCommand command_;
    GenerateTexts texts_;
    CLI::App& app_;
};

} // namespace rushes
