#include "nn/tile_seams.h"

#include <algorithm>

#include <ATen/ATen.h>

namespace rushes {

namespace {

constexpr std::int64_t vertical = 1;
constexpr std::int64_t horizontal = 2;

void keep(std::vector<at::Tensor>& edges, std::size_t piece, at::Tensor edge) {
    edges.resize(std::max(edges.size(), piece + 1));
    edges[piece] = std::move(edge);
}

} // namespace

TileSeams::TileSeams(const Tiling& tiling, std::int64_t columns)
    : tiling_(tiling), below_(static_cast<std::size_t>(columns)) {}

at::Tensor TileSeams::placed(std::int64_t row, std::int64_t column, std::size_t piece, at::Tensor pixels) {
    Edges& below = below_[static_cast<std::size_t>(column)];
    if (row > 0) {
        blend_(below[piece], pixels, vertical);
    }
    if (column > 0) {
        blend_(right_[piece], pixels, horizontal);
    }
    keep(below, piece, edge(pixels, vertical));
    keep(right_, piece, edge(pixels, horizontal));
    return pixels.narrow(vertical, 0, std::min(tiling_.stride, pixels.size(vertical)))
        .narrow(horizontal, 0, std::min(tiling_.stride, pixels.size(horizontal)));
}

/// Its last lines, at most as many as are blended.
at::Tensor TileSeams::edge(const at::Tensor& tile, std::int64_t axis) const {
    const std::int64_t count = std::min(tiling_.blended(), tile.size(axis));
    return tile.narrow(axis, tile.size(axis) - count, count).clone();
}

/// The last lines of the one and the first of the other are the same part of the picture.
void TileSeams::blend_(const at::Tensor& before, const at::Tensor& tile, std::int64_t axis) const {
    const std::int64_t count = std::min({tiling_.blended(), before.size(axis), tile.size(axis)});
    const std::int64_t shares = count / tiling_.grain;
    std::vector<std::int64_t> along(4, 1);
    along[static_cast<std::size_t>(axis)] = count;
    const at::Tensor share = (at::arange(shares, tile.options()) / static_cast<double>(shares))
                                 .repeat_interleave(tiling_.grain)
                                 .view(along);
    const at::Tensor first = tile.narrow(axis, 0, count);
    first.copy_(before.narrow(axis, before.size(axis) - count, count) * (1 - share) + first * share);
}

} // namespace rushes
