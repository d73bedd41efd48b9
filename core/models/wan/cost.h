// What a run of a Wan model costs: each network's work and memory by its config. No libtorch here.
#pragma once

#include "models/cost.h"
#include "models/wan/config.h"
#include "models/wan/vae_config.h"

namespace rushes::wan {

/// The weights of a directory, as its files hold them.
struct ComponentWeights {
    WeightIndex transformer;
    WeightIndex transformer_2; ///< empty where there is none
    WeightIndex vae;
    WeightIndex text_encoder;
};

CostOfPass cost_of(const PipelineConfig& config, const VaeConfig& vae, const ComponentWeights& weights);

/// Parameters of the transformer's layers.
double parameters_of(const TransformerConfig& config);

} // namespace rushes::wan
