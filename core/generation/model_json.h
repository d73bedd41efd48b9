// A model's card for programs: what `rushes models --json` prints and the service tells.
#pragma once

#include "models/model_info.h"

#include <nlohmann/json.hpp>

namespace rushes {

/// Plans the model's default clip to say what memory it takes; throws what make_plan() throws.
nlohmann::ordered_json model_json(const ModelInfo& model);

} // namespace rushes
