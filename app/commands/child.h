// Runs this program again as a child and reads what it prints.
#pragma once

#include <string>
#include <vector>

namespace rushes {

struct ChildResult {
    int exit_code = -1;
    double seconds = 0; ///< from exec to exit
    std::string output; ///< stdout
};

/// The executable that is running, with other arguments; stderr goes nowhere. Throws Error{resource} when it
/// cannot start.
ChildResult run_self(const std::vector<std::string>& arguments);

} // namespace rushes
