// The clean latents of the frames that a KV cache holds: enough to fill it again (denoising.h, Note [another
// prompt on the way]).
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include <ATen/core/Tensor.h>

namespace rushes::wan {

class FrameHistory {
public:
    /// Of `sink` first latent frames, and the last ones: `capacity` together.
    FrameHistory(std::int64_t sink, std::int64_t capacity) : sink_(sink), capacity_(capacity) {}

    /// A block that is done, [1, C, n, h, w]; the clip's latent frame `first` is its first one.
    void add(std::int64_t first, const at::Tensor& latents);

    /// What is left of a block.
    struct Piece {
        std::int64_t first = 0;
        at::Tensor latents; ///< [1, C, n, h, w]
    };

    /// In time order.
    std::vector<Piece> pieces() const;

private:
    struct Frame {
        std::int64_t index;
        std::int64_t block;
        at::Tensor latents; ///< [1, C, 1, h, w]
    };

    std::int64_t sink_;
    std::int64_t capacity_;
    std::int64_t blocks_ = 0;
    std::deque<Frame> frames_;
};

} // namespace rushes::wan
