// The shapes of SDXL's published checkpoints. No libtorch here.
#pragma once

#include "models/preset.h"

#include <vector>

namespace rushes::sd_xl {

std::vector<ModelPreset> presets();

} // namespace rushes::sd_xl
