// Whether a machine can hold what a plan needs, before anything is loaded: a system that runs out of memory
// ends the program without a word.
#pragma once

#include "base/error.h"
#include "generation/plan.h"

#include <cstdint>
#include <optional>

namespace rushes {

/// What is to be said of a plan that needs more than `memory` bytes beyond any doubt: Error{resource} with a
/// lever. Nothing when it may fit, or when `memory` is 0: not known.
std::optional<Error> lack_of_memory(const Plan& plan, std::uint64_t memory);

} // namespace rushes
