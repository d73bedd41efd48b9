// The shapes of the published checkpoints, for `rushes models --random`.
#pragma once

#include "models/preset.h"

#include <vector>

namespace rushes::wan {

std::vector<ModelPreset> presets();

} // namespace rushes::wan
