// What a pass of an LTX-Video model costs: each network's work and memory by its config. No libtorch here.
#pragma once

#include "models/cost_parts.h"
#include "models/ltx/config.h"

namespace rushes::ltx {

CostOfPass cost_of(const PipelineConfig& config, const ComponentWeights& weights);

/// Parameters of the transformer's layers.
double parameters_of(const TransformerConfig& config);

} // namespace rushes::ltx
