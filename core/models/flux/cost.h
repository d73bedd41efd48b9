// What a still of FLUX costs: each network's work and memory by its config. No libtorch here.
#pragma once

#include "models/cost_parts.h"
#include "models/flux/config.h"

namespace rushes::flux {

CostOfPass cost_of(const PipelineConfig& config, const ComponentWeights& weights);

} // namespace rushes::flux
