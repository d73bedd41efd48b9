// The shapes of published checkpoints of Stable Diffusion for stills. No libtorch here.
#pragma once

#include "models/preset.h"

#include <vector>

namespace rushes::stable_diffusion {

std::vector<ModelPreset> presets();

} // namespace rushes::stable_diffusion
