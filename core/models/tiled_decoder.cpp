#include "models/tiled_decoder.h"

#include "models/pixels.h"
#include "nn/tile_seams.h"
#include "nn/transfer.h"

#include <algorithm>
#include <utility>

#include <ATen/ATen.h>

namespace rushes {

namespace {

class TiledDecoder final : public LatentDecoder {
public:
    TiledDecoder(const Tiling& tiling, const Pass& pass, NewTile new_tile)
        : tiling_(tiling),
          new_tile_(std::move(new_tile)),
          columns_(tiling.along(pass.width)),
          tiles_(columns_ * tiling.along(pass.height)),
          seams_(tiling, columns_),
          clip_(at::empty({pass.frames, pass.height, pass.width, 3}, at::kByte)) {}

    void expect(const at::Tensor& latents) override { latents_ = latents; }

    at::Tensor
    decode_next(const at::Tensor& /*latent*/, std::stop_token stop, const ShareDone& done) override {
        const at::InferenceMode no_gradients;
        const std::int64_t all = tiles_ * clip_.size(0);
        const std::int64_t before = given_ * all / latents_.size(2);
        const std::int64_t wanted = ++given_ * all / latents_.size(2);
        while (frames_done_ < wanted) {
            advance(stop);
            if (done) {
                done(std::min(1.0, static_cast<double>(frames_done_ - before) / double(wanted - before)));
            }
        }
        return given_ == latents_.size(2) ? clip_
                                          : at::empty({0, clip_.size(1), clip_.size(2), 3}, at::kByte);
    }

private:
    /// One piece of the tile at hand, or of the next one.
    void advance(const std::stop_token& stop) {
        const std::int64_t row = tile_ / columns_;
        const std::int64_t column = tile_ % columns_;
        if (!frames_of_tile_) {
            frames_of_tile_ = new_tile_(latents_of(row, column));
            piece_ = 0;
            frame_ = 0;
        }
        const at::Tensor pixels = frames_of_tile_(stop);
        const at::Tensor placed =
            bytes_of_pixels(seams_.placed(row, column, piece_++, fetched(pixels).to(at::kFloat)));
        clip_.narrow(0, frame_, placed.size(0))
            .narrow(1, row * tiling_.stride, placed.size(1))
            .narrow(2, column * tiling_.stride, placed.size(2))
            .copy_(placed);
        frame_ += placed.size(0);
        frames_done_ += placed.size(0);
        if (frame_ == clip_.size(0)) {
            frames_of_tile_ = {};
            ++tile_;
        }
    }

    at::Tensor latents_of(std::int64_t row, std::int64_t column) const {
        const std::int64_t pixels = clip_.size(1) / latents_.size(3); // of a latent, each way
        const auto part = [&](std::int64_t axis, std::int64_t number) {
            const std::int64_t begin = number * tiling_.stride / pixels;
            return std::pair(begin, std::min(tiling_.side / pixels, latents_.size(axis) - begin));
        };
        const auto [y, height] = part(3, row);
        const auto [x, width] = part(4, column);
        return latents_.narrow(3, y, height).narrow(4, x, width);
    }

    Tiling tiling_;
    NewTile new_tile_;
    std::int64_t columns_;
    std::int64_t tiles_;
    TileSeams seams_;
    at::Tensor clip_;              ///< [T, H, W, 3], bytes
    at::Tensor latents_;           ///< of the clip
    std::int64_t given_ = 0;       ///< latent frames that were asked for
    std::int64_t frames_done_ = 0; ///< of all tiles
    std::int64_t tile_ = 0;        ///< at hand
    TileFrames frames_of_tile_;    ///< empty: it has not begun
    std::size_t piece_ = 0;        ///< of the tile
    std::int64_t frame_ = 0;       ///< of the tile, that comes next
};

} // namespace

std::unique_ptr<LatentDecoder> tiled_decoder(const Tiling& tiling, const Pass& pass, NewTile new_tile) {
    return std::make_unique<TiledDecoder>(tiling, pass, std::move(new_tile));
}

} // namespace rushes
