// Rotary positions in time, height and width (Su et al., "RoFormer", arXiv 2104.09864; the split over three
// axes as WanRotaryPosEmbed of diffusers 0.42).
#pragma once

#include <cstdint>
#include <span>

#include <ATen/core/Tensor.h>

namespace rushes {

/// The rotation of each token: [tokens, 1, head_dim / 2], fp32 (fp64 for fp64 models).
struct RotaryTable {
    at::Tensor cos; ///< for our own loop, which serves fp32 on the CPU
    at::Tensor sin;
    at::Tensor turns; ///< cos + i sin, for everything else

    std::int64_t tokens() const { return turns.defined() ? turns.size(0) : cos.size(0); }
};

class Rotary3d {
public:
    Rotary3d() = default;

    /// `max_positions` is the limit of each axis. Angles are made in fp64 and kept in the type of `options`.
    Rotary3d(std::int64_t head_dim, std::int64_t max_positions, const at::TensorOptions& options);

    std::int64_t max_positions() const { return max_positions_; }

    /// For tokens in the order frame, row, column. `frames` holds the position of each frame. Throws
    /// Error{user} for a position beyond the limit.
    RotaryTable table(std::span<const std::int64_t> frames, std::int64_t rows, std::int64_t columns) const;

private:
    struct Axis {
        at::Tensor cos; ///< [max_positions, pairs of this axis]
        at::Tensor sin;
    };

    std::int64_t max_positions_ = 0;
    Axis time_;
    Axis height_;
    Axis width_;
};

/// Turns each pair of neighbouring numbers: x [sides, tokens, heads, head_dim], the last two dimensions
/// dense. The result has x's type and is dense; it is written to `out` when that is given (same shape and
/// type).
at::Tensor rotate(const at::Tensor& x, const RotaryTable& table);
void rotate_into(at::Tensor out, const at::Tensor& x, const RotaryTable& table);

} // namespace rushes
