// What a pass of AnimateDiff costs, from the configs. No libtorch here.
#pragma once

#include "models/animatediff/config.h"
#include "models/cost_parts.h"

namespace rushes::animatediff {

CostOfPass cost_of(const PipelineConfig& config, const ComponentWeights& weights);

} // namespace rushes::animatediff
