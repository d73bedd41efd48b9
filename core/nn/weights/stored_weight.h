// One weight as the device holds it: dense numbers, or fewer bits and what makes numbers of them.
#pragma once

#include "nn/weights/tensor_entry.h"

#include <cstdint>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

namespace rushes {

/// strength * up x down, added to a weight whose dimensions behind the first are taken as one; or strength *
/// full, where a file holds the difference itself.
struct WeightDelta {
    at::Tensor up;   ///< [out, rank]
    at::Tensor down; ///< [rank, in]
    at::Tensor full; ///< of the weight's shape; undefined: a product
    double strength = 1;
};

struct StoredWeight {
    std::string name; ///< for sentences
    at::Tensor data;  ///< numbers of any floating point type; or a block format's bytes, [blocks, bytes]
    TensorDtype type = TensorDtype::f32;
    std::vector<std::int64_t> shape;
    at::ScalarType dtype = at::kFloat; ///< of the numbers that come out
    at::Tensor scale;                  ///< fp32, one or one for each row: data is to be multiplied by it
    std::vector<WeightDelta> deltas = {};

    /// Eight bits or fewer a number: worth keeping so and making dense for each use.
    bool is_compact() const;

    /// [shape] on the device of `data`, rounded once. Throws Stopped before each work unit.
    at::Tensor dense(const std::stop_token& stop = {}) const;

    /// The same numbers into memory that is there: [shape[0], all the rest].
    void write_to(const at::Tensor& rows, const std::stop_token& stop = {}) const;

    /// Rounded to E4M3, each row by a scale that makes its largest number the format's largest, with the
    /// deltas in it. Throws Stopped before each work unit.
    StoredWeight in_fp8(const std::stop_token& stop = {}) const;

    /// The rows of these ids, [ids, shape[1]], for a table of which few are needed. Throws Error{user} for
    /// one that holds no finite numbers.
    at::Tensor rows(std::span<const std::int64_t> ids) const;

private:
    bool is_plain() const;
    std::int64_t rows_at_once() const;
    at::Tensor numbers(std::int64_t first, std::int64_t count) const;
    at::Tensor finished(at::Tensor wide, std::int64_t first, std::int64_t count) const;
};

} // namespace rushes
