// Reference traces: safetensors files that the make_*_fixtures.py scripts wrote.
#pragma once

#include "nn/weights/safetensors.h"

#include <filesystem>
#include <string>

#include <ATen/ATen.h>

namespace rushes::parity {

inline std::filesystem::path fixture(const std::string& name) {
    return std::filesystem::path(RUSHES_TEST_DATA) / "parity" / "fixtures" / name;
}

/// Largest difference over the reference's root mean square: the measure of design.md, section 6. Infinite
/// when the shapes differ or a number is not finite.
inline double relative_error(const at::Tensor& actual, const at::Tensor& reference) {
    if (actual.sizes() != reference.sizes()) {
        return INFINITY;
    }
    const at::Tensor a = actual.to(at::kDouble);
    const at::Tensor r = reference.to(at::kDouble);
    const double rms = r.square().mean().sqrt().item<double>();
    const double difference = (a - r).abs().max().item<double>();
    return std::isfinite(difference) ? difference / rms : INFINITY;
}

} // namespace rushes::parity
