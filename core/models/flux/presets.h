// The shapes of FLUX.1-schnell as it is published. No libtorch here.
#pragma once

#include "models/preset.h"

#include <vector>

namespace rushes::flux {

std::vector<ModelPreset> presets();

} // namespace rushes::flux
