#include "models/cost.h"

#include <algorithm>

namespace rushes {
namespace {

/// Whether it is brought to the type that is computed with; in fewer bits it stays as it is.
bool is_float(TensorDtype dtype) {
    switch (dtype) {
    case TensorDtype::f64:
    case TensorDtype::f32:
    case TensorDtype::f16:
    case TensorDtype::bf16:
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
        const TensorEntry& entry = index.entry(place);
        const BlockSize block = block_size(entry.dtype);
        const double numbers = static_cast<double>(entry.bytes) / static_cast<double>(block.bytes) *
                               static_cast<double>(block.numbers);
        if (!is_float(entry.dtype)) {
            compact_ += numbers;
            compact_bytes_ += static_cast<double>(entry.bytes);
            continue;
        }
        floats_ += numbers;
        if (is_block_layer(key, entry.shape)) {
            layers_ += numbers;
            layers_in_fp8_ += numbers + 4 * static_cast<double>(entry.shape.front());
        }
    }
}

} // namespace rushes
