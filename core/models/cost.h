// What a run costs, known before anything is loaded: from the sizes in the component configs and the headers
// of the weights. No libtorch here.
#pragma once

#include "models/load_options.h"
#include "models/pass.h"
#include "nn/weights/weight_index.h"

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace rushes {

/// FLOP counts a multiplication and an addition as two; bytes are those at the phase's peak, on the device
/// that computes, beside the weights that stay.
struct PhaseCost {
    double flop = 0;
    double bytes = 0;
};

struct ResidentWeights {
    std::string component;
    double bytes = 0; ///< in the types that they are computed with, with what is made of them for good
};

struct RunCost {
    std::vector<ResidentWeights> resident = {}; ///< on the device that computes, all the time
    PhaseCost text = {};   ///< once for all passes; with the image encoder, where there is one
    PhaseCost encode = {}; ///< pictures to latents, before the first step
    PhaseCost denoise = {};
    PhaseCost decode = {};

    double resident_bytes() const;
    double peak_bytes() const; ///< resident and the largest of the phases
};

/// A family's own: what `pass` costs a model that is loaded with `options`. Cheap: nothing is read.
using CostOfPass = std::function<RunCost(const Pass& pass, const LoadOptions& options)>;

/// Bytes of one number of LoadOptions::dtype.
double number_bytes(const std::string& dtype);

/// The numbers of a component, by the type that they are stored in.
class StoredWeights {
public:
    using Counts = std::function<bool(std::string_view key)>;

    StoredWeights() = default;

    /// Of those tensors only that `counts`; of all without it.
    explicit StoredWeights(const WeightIndex& index, const Counts& counts = {});

    /// Once floating point numbers have `bytes_a_number`, but for those that stay in eight bits: those of
    /// such files, and with `in_fp8` the layers' (WeightOptions::fp8_layers).
    double bytes(double bytes_a_number, bool in_fp8 = false) const {
        return (floats_ - (in_fp8 ? layers_ : 0)) * bytes_a_number + (in_fp8 ? layers_in_fp8_ : 0) +
               compact_bytes_;
    }

    double floats() const { return floats_ + compact_; } ///< how many floating point numbers there are

private:
    double floats_ = 0;
    double layers_ = 0;        ///< of those the ones that can be kept in eight bits
    double layers_in_fp8_ = 0; ///< bytes of these then, with their scales
    double compact_ = 0;       ///< in eight bits in the file
    double compact_bytes_ = 0;
};

} // namespace rushes
