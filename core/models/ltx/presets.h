// The shapes of the published LTX-Video checkpoints, for `rushes models --random ltx/NAME`.
#pragma once

#include "models/preset.h"

#include <vector>

namespace rushes::ltx {

std::vector<ModelPreset> presets();

} // namespace rushes::ltx
