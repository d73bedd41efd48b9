// The nearest settings that a machine's memory can hold.
#pragma once

#include "generation/plan.h"

#include <cstdint>
#include <optional>
#include <string>

namespace rushes {

/// The plan changed as little as it takes to need at most `memory` bytes: bf16 numbers, then fp8 weights,
/// which cost no pixel, then as many pixels and frames as go in, the shape kept. Nothing when even the
/// smallest clip of the model does not go in.
std::optional<Plan> nearest_that_fits(const Plan& plan, const LoadOptions& options, std::uint64_t memory);

/// "512x288 with 41 frames in bf16".
std::string settings_in_words(const Plan& plan);

} // namespace rushes
