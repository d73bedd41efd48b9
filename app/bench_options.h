// The flags of bench and bench ui.
#pragma once

#include "command_line.h"

#include <CLI/CLI.hpp>
#include <optional>

namespace rushes {

class BenchOptions {
public:
    /// Adds the commands to the program's.
    explicit BenchOptions(CLI::App& app);

    /// The one that was given, if it was one of these: `bench ui` is the window's.
    std::optional<CommandLine> parsed() const;

private:
    BenchCommand bench_;
    BenchMatrix matrix_;
    bool wants_matrix_ = false;
    bool library_ = false;
    CLI::App& bench_app_;
    CLI::App& window_app_;
};

} // namespace rushes
