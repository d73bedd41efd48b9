// Whether a machine can hold what a plan needs, before anything is loaded: a system that runs out of memory
// ends the program without a word.
#pragma once

#include "base/error.h"
#include "generation/device_info.h"
#include "generation/plan.h"

#include <optional>

namespace rushes {

/// What is to be said of a plan that needs more memory than the device has beyond any doubt: Error{resource}
/// with a lever. Nothing when it may fit, or when the device's memory is not known.
std::optional<Error> lack_of_memory(const Plan& plan, const DeviceInfo& device);

/// The same of a model that is to be loaded with `options` before anybody has asked for a clip.
std::optional<Error>
lack_of_memory_to_load(const ModelInfo& model, const LoadOptions& options, const DeviceInfo& device);

} // namespace rushes
