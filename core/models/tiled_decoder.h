// A clip in one piece, decoded tile by tile: in the memory of one tile, whatever the clip's size.
#pragma once

#include "models/pipeline.h"
#include "nn/tiling.h"

#include <functional>
#include <memory>
#include <stop_token>

#include <ATen/core/Tensor.h>

namespace rushes {

/// The next frames of a tile, [N, H, W, 3] around -1..1 and not clamped; undefined: that was all. Throws
/// Stopped.
using TileFrames = std::function<at::Tensor(const std::stop_token& stop)>;

/// Begins with the latents [1, C, T, h, w] of a tile.
using NewTile = std::function<TileFrames(const at::Tensor& latents)>;

/// Each tile goes through the whole of the clip before the next one, so that one of them needs memory; the
/// pictures are put together in main memory. Each call does its share of the work, and the last one gives all
/// frames of the pass. expect() comes before decode_next().
std::unique_ptr<LatentDecoder> tiled_decoder(const Tiling& tiling, const Pass& pass, NewTile new_tile);

} // namespace rushes
