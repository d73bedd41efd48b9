// Comparison with the reference implementation: traces written by the Python scripts in tests/parity, and one
// measure.
#pragma once

#include "nn/weights/safetensors.h"

#include <cmath>
#include <filesystem>
#include <gtest/gtest.h>
#include <limits>
#include <string>

#include <ATen/ATen.h>

namespace rushes::test {

/// tests/parity/fixtures/NAME, for example "text/umt5.safetensors".
inline std::filesystem::path fixture_path(const std::string& name) {
    return std::filesystem::path(RUSHES_SOURCE_DIR) / "tests" / "parity" / "fixtures" / name;
}

/// The named tensors of a run of the reference implementation.
inline SafetensorsFile load_trace(const std::string& name) {
    return SafetensorsFile(fixture_path(name));
}

/// max|actual - reference| / rms(reference), in fp64. Infinite when shapes differ or a number is not finite.
inline double parity_error(const at::Tensor& actual, const at::Tensor& reference) {
    if (actual.sizes() != reference.sizes() || reference.numel() == 0) {
        return std::numeric_limits<double>::infinity();
    }
    const at::Tensor wanted = reference.to(at::kCPU, at::kDouble);
    const double difference = (actual.to(at::kCPU, at::kDouble) - wanted).abs().max().item<double>();
    const double rms = std::sqrt(wanted.square().mean().item<double>());
    const double error = difference / rms;
    return std::isfinite(error) ? error : std::numeric_limits<double>::infinity();
}

/// EXPECT_PARITY(actual, reference, tolerance): parity_error() at most `tolerance`; says where it is worst.
inline testing::AssertionResult has_parity(
    const char* actual_text,
    const char* reference_text,
    const char* /*tolerance_text*/,
    const at::Tensor& actual,
    const at::Tensor& reference,
    double tolerance
) {
    if (actual.sizes() != reference.sizes()) {
        return testing::AssertionFailure() << actual_text << " has the shape " << actual.sizes() << ", "
                                           << reference_text << " " << reference.sizes();
    }
    const double error = parity_error(actual, reference);
    if (error <= tolerance) {
        return testing::AssertionSuccess();
    }
    const at::Tensor wanted = reference.to(at::kCPU, at::kDouble);
    const at::Tensor got = actual.to(at::kCPU, at::kDouble);
    auto worst = (got - wanted)
                     .abs()
                     .flatten()
                     .nan_to_num(std::numeric_limits<double>::infinity())
                     .argmax()
                     .item<std::int64_t>();
    const auto got_value = got.flatten()[worst].item<double>();
    const auto wanted_value = wanted.flatten()[worst].item<double>();
    std::vector<std::int64_t> index(static_cast<std::size_t>(wanted.dim()));
    for (std::int64_t d = wanted.dim() - 1; d >= 0; --d) {
        index[static_cast<std::size_t>(d)] = worst % wanted.size(d);
        worst /= wanted.size(d);
    }
    return testing::AssertionFailure()
           << actual_text << " differs from " << reference_text << " by " << error << " of its rms (allowed "
           << tolerance << "), most at " << at::IntArrayRef(index) << ": " << got_value << " instead of "
           << wanted_value;
}

} // namespace rushes::test

#define EXPECT_PARITY(actual, reference, tolerance)                                                          \
    EXPECT_PRED_FORMAT3(::rushes::test::has_parity, (actual), (reference), (tolerance))
