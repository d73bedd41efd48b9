// What a run of a Wan model costs: each network's work and memory by its config. No libtorch here.
#pragma once

#include "models/cost_parts.h"
#include "models/wan/config.h"
#include "models/wan/vae_config.h"

namespace rushes::wan {

CostOfPass cost_of(const PipelineConfig& config, const VaeConfig& vae, const ComponentWeights& weights);

/// Parameters of the transformer's layers.
double parameters_of(const TransformerConfig& config);

} // namespace rushes::wan
