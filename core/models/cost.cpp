#include "models/cost.h"

#include <algorithm>

namespace rushes {
namespace {

bool is_float(TensorDtype dtype) {
    switch (dtype) {
    case TensorDtype::f64:
    case TensorDtype::f32:
    case TensorDtype::f16:
    case TensorDtype::bf16:
    case TensorDtype::f8_e4m3:
    case TensorDtype::f8_e5m2:
        return true;
    default:
        return false;
    }
}

} // namespace

double RunCost::resident_bytes() const {
    double sum = 0;
    for (const ResidentWeights& weights : resident) {
        sum += weights.bytes;
    }
    return sum;
}

double RunCost::peak_bytes() const {
    return resident_bytes() + std::max({text.bytes, encode.bytes, denoise.bytes, decode.bytes});
}

double number_bytes(const std::string& dtype) {
    return dtype == "bf16" ? 2 : 4;
}

StoredWeights::StoredWeights(const WeightIndex& index, const Counts& counts) {
    for (const auto& [key, place] : index.places) {
        if (counts && !counts(key)) {
            continue;
        }
        const TensorEntry& entry = index.files[place.file].header.tensors[place.tensor];
        if (is_float(entry.dtype)) {
            floats_ += static_cast<double>(entry.bytes) / static_cast<double>(dtype_bytes(entry.dtype));
        } else {
            other_bytes_ += static_cast<double>(entry.bytes);
        }
    }
}

} // namespace rushes
