// Keys and values of past latent frames, for causal generation (Self-Forcing, causal_model.py; reference part
// B.2).
#pragma once

#include "models/wan/config.h"
#include "models/wan/self_attention.h"

#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

namespace rushes::wan {

/// The grid of tokens of one latent frame.
struct TokenGrid {
    std::int64_t rows = 0;
    std::int64_t columns = 0;

    std::int64_t tokens() const { return rows * columns; }
};

// Note [slots]
// All memory is taken at once: slots 0 .. capacity - 1 hold past frames (first the sink, then the window),
// and the frames of the current block lie right behind the past ones. While the past grows, a finished block
// is where it must be already. Once it is full, a finished frame is copied over the oldest one of the window,
// as in a ring. Attention does not care for the order of keys; only "relative" positions need to know each
// slot's age.
class KvCache final : public SelfAttention {
public:
    KvCache(
        std::int64_t sides, ///< of the text: each has keys and values of its own
        const CausalConfig& causal,
        const TransformerConfig& transformer,
        TokenGrid grid,
        const Rotary3d& rotary,
        const at::TensorOptions& options
    );

    /// The next block has `frames` latent frames, and its first one is the clip's `first`. Throws Error{user}
    /// beyond the rotary positions.
    void begin_block(std::int64_t frames, std::int64_t first);

    at::Tensor attend(
        std::size_t layer,
        const at::Tensor& q,
        const at::Tensor& k,
        const at::Tensor& v,
        const std::stop_token& stop
    ) override;
    void remember(std::size_t layer, const at::Tensor& k, const at::Tensor& v) override;

    /// What the block's last pass left becomes past.
    void finish_block();

    /// Nothing is past any more.
    void forget();

    std::uint64_t bytes() const;

private:
    /// Each [sides, slots * tokens, heads, head_dim].
    struct Layer {
        at::Tensor keys; ///< "absolute": rotated; "relative": as they are
        at::Tensor values;
        at::Tensor rotated; ///< "relative" only: keys at the positions of this block
    };

    bool relative() const { return config_.rope == CausalConfig::Rope::relative; }

    std::vector<std::int64_t> slot_positions() const;
    at::Tensor slots(const at::Tensor& buffer, std::int64_t first, std::int64_t count) const;
    void keep_frame(std::int64_t slot);

    const CausalConfig config_;
    const TokenGrid grid_;
    const Rotary3d& rotary_;
    const std::int64_t capacity_; ///< past frames at most
    std::vector<Layer> layers_;
    RotaryTable block_table_;
    std::int64_t past_ = 0;       ///< frames in slots 0 .. past_ - 1
    std::int64_t oldest_ = 0;     ///< of the window, from its begin, once it is full
    std::int64_t block_slot_ = 0; ///< where the current block begins
    std::int64_t block_frames_ = 0;
    bool slid_ = false; ///< positions of past frames changed with the last block
};

} // namespace rushes::wan
