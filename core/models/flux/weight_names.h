// What FLUX's transformer is called by its authors (github.com/black-forest-labs/flux, model.py). No libtorch
// here.
#pragma once

#include "nn/weights/weight_names.h"

namespace rushes::flux {

/// Query, key and value are one weight there, and in blocks of one stream what widens as well. The last
/// layer's shift comes before its scale: the two have names of their own here, "norm_out.shift" and
/// "norm_out.scale".
WeightNames transformer_names();

} // namespace rushes::flux
