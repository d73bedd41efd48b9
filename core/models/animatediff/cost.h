// What a pass of AnimateDiff costs, from the configs. No libtorch here.
#pragma once

#include "models/animatediff/config.h"
#include "models/cost.h"
#include "nn/weights/weight_index.h"

namespace rushes::animatediff {

struct ComponentWeights {
    StoredWeights unet;
    StoredWeights motion; ///< of an adapter beside
    StoredWeights decoder;
    StoredWeights text_encoder;
};

CostOfPass cost_of(const PipelineConfig& config, const ComponentWeights& weights);

} // namespace rushes::animatediff
