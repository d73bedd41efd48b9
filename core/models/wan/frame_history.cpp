#include "models/wan/frame_history.h"

#include <ATen/ATen.h>

namespace rushes::wan {

void FrameHistory::add(std::int64_t first, const at::Tensor& latents) {
    for (std::int64_t i = 0; i < latents.size(2); ++i) {
        frames_.push_back({first + i, blocks_, latents.narrow(2, i, 1)});
    }
    ++blocks_;
    while (static_cast<std::int64_t>(frames_.size()) > capacity_) {
        frames_.erase(frames_.begin() + sink_);
    }
}

std::vector<FrameHistory::Piece> FrameHistory::pieces() const {
    std::vector<Piece> result;
    for (std::size_t begin = 0; begin < frames_.size();) {
        std::vector<at::Tensor> latents;
        std::size_t end = begin;
        while (end < frames_.size() && frames_[end].block == frames_[begin].block &&
               frames_[end].index - frames_[begin].index == static_cast<std::int64_t>(end - begin)) {
            latents.push_back(frames_[end++].latents);
        }
        result.push_back({frames_[begin].index, at::cat(latents, 2)});
        begin = end;
    }
    return result;
}

} // namespace rushes::wan
