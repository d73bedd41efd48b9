// Tiles of a picture put together again, as tiled_decode() of diffusers 0.42 does it.
#pragma once

#include "nn/tiling.h"

#include <cstddef>
#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

namespace rushes {

/// Tiles come row by row, each from left to right, and of a clip piece by piece. What is kept of them is the
/// edge that their neighbours go over from.
class TileSeams {
public:
    /// For `columns` tiles a row.
    TileSeams(const Tiling& tiling, std::int64_t columns);

    /// pixels [N, H, W, C] of a piece of a tile, floating point, changed in place. Returns what of them is
    /// the picture's, from pixel (row * stride, column * stride) on; the rest is the neighbours'.
    at::Tensor placed(std::int64_t row, std::int64_t column, std::size_t piece, at::Tensor pixels);

private:
    using Edges = std::vector<at::Tensor>; ///< by piece

    void blend_(const at::Tensor& before, const at::Tensor& tile, std::int64_t axis) const;
    at::Tensor edge(const at::Tensor& tile, std::int64_t axis) const;

    Tiling tiling_;
    std::vector<Edges> below_; ///< of the row before, by column
    Edges right_;              ///< of the tile before
};

} // namespace rushes
