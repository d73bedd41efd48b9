// The shapes of published checkpoints, for random ones of the same size. No libtorch here.
#pragma once

#include "models/preset.h"

#include <vector>

namespace rushes::animatediff {

std::vector<ModelPreset> presets();

} // namespace rushes::animatediff
