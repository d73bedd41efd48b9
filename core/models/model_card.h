// rushes.json: what a model made for this program says of itself. No libtorch here.
#pragma once

#include "models/model_info.h"

namespace rushes {

/// Reads the card in info.directory, where there is one, over what the family filled in: name, description,
/// lattice, examples, vocabulary. Throws Error{user} for what is off the lattice.
void read_model_card(ModelInfo& info);

} // namespace rushes
