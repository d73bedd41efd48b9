#include "models/wan/kv_cache.h"

#include "nn/attention.h"

#include <numeric>

#include <ATen/ATen.h>

namespace rushes::wan {

at::Tensor FullAttention::attend(
    std::size_t /*layer*/,
    const at::Tensor& q,
    const at::Tensor& k,
    const at::Tensor& v,
    const std::stop_token& stop
) {
    return rushes::attend(rotate(q, table_), rotate(k, table_), v, {}, stop);
}

KvCache::KvCache(
    std::int64_t sides,
    const CausalConfig& causal,
    const TransformerConfig& transformer,
    TokenGrid grid,
    const Rotary3d& rotary,
    const at::TensorOptions& options
)
    : config_(causal),
      grid_(grid),
      rotary_(rotary),
      capacity_(causal.local_attn_size - causal.frames_per_block) {
    const auto buffer = [&] {
        return at::empty(
            {sides, causal.local_attn_size * grid.tokens(), transformer.heads, transformer.head_dim}, options
        );
    };
    for (std::int64_t i = 0; i < transformer.layers; ++i) {
        layers_.push_back({buffer(), buffer(), relative() ? buffer() : at::Tensor()});
    }
}

std::uint64_t KvCache::bytes() const {
    return layers_.size() * (relative() ? 3 : 2) * layers_.front().keys.nbytes();
}

at::Tensor KvCache::slots(const at::Tensor& buffer, std::int64_t first, std::int64_t count) const {
    return buffer.narrow(1, first * grid_.tokens(), count * grid_.tokens());
}

/// The time position of each past slot under "relative": sink, then the window from its oldest frame on.
std::vector<std::int64_t> KvCache::slot_positions() const {
    std::vector<std::int64_t> positions(static_cast<std::size_t>(past_));
    const std::int64_t window = capacity_ - config_.sink_size;
    for (std::int64_t slot = 0; slot < past_; ++slot) {
        const bool in_ring = slot >= config_.sink_size && past_ == capacity_;
        const std::int64_t age = slot - config_.sink_size - oldest_;
        positions[static_cast<std::size_t>(slot)] =
            in_ring ? config_.sink_size + (age + window) % window : slot;
    }
    return positions;
}

void KvCache::begin_block(std::int64_t frames, std::int64_t first) {
    block_frames_ = frames;
    block_slot_ = past_;
    std::vector<std::int64_t> positions(static_cast<std::size_t>(frames));
    std::iota(positions.begin(), positions.end(), relative() ? past_ : first);
    block_table_ = rotary_.table(positions, grid_.rows, grid_.columns);
    if (relative() && slid_) {
        const RotaryTable past_table = rotary_.table(slot_positions(), grid_.rows, grid_.columns);
        for (Layer& layer : layers_) {
            rotate_into(slots(layer.rotated, 0, past_), slots(layer.keys, 0, past_), past_table);
        }
        slid_ = false;
    }
}

void KvCache::remember(std::size_t index, const at::Tensor& k, const at::Tensor& v) {
    Layer& layer = layers_[index];
    slots(layer.values, block_slot_, block_frames_).copy_(v);
    rotate_into(slots(relative() ? layer.rotated : layer.keys, block_slot_, block_frames_), k, block_table_);
    if (relative()) {
        slots(layer.keys, block_slot_, block_frames_).copy_(k);
    }
}

at::Tensor KvCache::attend(
    std::size_t index,
    const at::Tensor& q,
    const at::Tensor& k,
    const at::Tensor& v,
    const std::stop_token& stop
) {
    remember(index, k, v);
    const Layer& layer = layers_[index];
    const std::int64_t present = block_slot_ + block_frames_;
    return rushes::attend(
        rotate(q, block_table_),
        slots(relative() ? layer.rotated : layer.keys, 0, present),
        slots(layer.values, 0, present),
        {},
        stop
    );
}

/// Takes the frame in `slot` (of the current block) into the past.
void KvCache::keep_frame(std::int64_t slot) {
    const std::int64_t window = capacity_ - config_.sink_size;
    std::int64_t target = past_;
    if (past_ < capacity_) {
        ++past_;
    } else if (window > 0) {
        target = config_.sink_size + oldest_;
        oldest_ = (oldest_ + 1) % window;
        slid_ = true;
    } else {
        return; // only the sink is kept
    }
    if (target != slot) {
        for (Layer& layer : layers_) {
            slots(layer.keys, target, 1).copy_(slots(layer.keys, slot, 1));
            slots(layer.values, target, 1).copy_(slots(layer.values, slot, 1));
        }
    }
}

void KvCache::finish_block() {
    for (std::int64_t i = 0; i < block_frames_; ++i) {
        keep_frame(block_slot_ + i);
    }
}

void KvCache::forget() {
    past_ = 0;
    oldest_ = 0;
    slid_ = false;
}

} // namespace rushes::wan
