// Loads the module that a command line needs and runs it.
#pragma once

#include "command_line.h"

namespace rushes {

/// The process's exit code. Throws Error{resource} when a module is missing.
int start(const CommandLine& line);

} // namespace rushes
