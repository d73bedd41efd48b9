// How much is computed between two looks at a stop request. One layer of a published model takes a CPU
// seconds or minutes (a convolution of the Wan 2.1 VAE at 832x480: 795 GFLOP), so layers work in pieces of
// this size.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <limits>
#include <stop_token>
#include <vector>

#include <ATen/core/Tensor.h>

namespace rushes {

/// Told the share of a long call that is done, rising to 1; may be empty.
using ShareDone = std::function<void(double share)>;

/// Floating point operations of one call into libtorch, a multiply-add counted as two: a fifth of a second at
/// 80 GFLOP/s, less than one core of a recent machine does.
constexpr double unit_flop = 1.6e10;

/// Numbers that one call may copy or map one by one: a fifth of a second at 160 million a second, which one
/// core does even where it must fetch fresh memory for what it writes.
constexpr std::int64_t unit_numbers = std::int64_t{1} << 25;

/// How many of x's rows, each of `flop_per_row`, are computed at once: all of them on a GPU, which is fast.
inline std::int64_t rows_per_unit(const at::Tensor& x, double flop_per_row) {
    const double rows = std::max(1.0, unit_flop / std::max(1.0, flop_per_row));
    return x.is_cpu() ? static_cast<std::int64_t>(rows) : std::numeric_limits<std::int64_t>::max();
}

/// Calls work with the same part of each tensor, all of one shape, part by part: at most unit_numbers, and
/// never less than a row of the last dimension; all at once on a GPU. Throws Stopped before each part.
void in_units(
    const std::vector<at::Tensor>& tensors,
    const std::stop_token& stop,
    const std::function<void(const std::vector<at::Tensor>& parts)>& work
);

/// to.copy_(from) in units; `from` broadcasts.
void copy_in_units(const at::Tensor& to, const at::Tensor& from, const std::stop_token& stop);

} // namespace rushes
