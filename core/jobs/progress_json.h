// A run's progress for programs: the events of the command line and of the service have the same keys
// (docs/command-line.md).
#pragma once

#include "generation/engine.h"

#include <nlohmann/json.hpp>

namespace rushes {

nlohmann::ordered_json progress_json(const Progress& progress);

} // namespace rushes
