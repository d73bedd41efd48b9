// How the tokens of a clip see each other: all at once, or block by block through a cache (kv_cache.h).
#pragma once

#include "nn/rotary.h"

#include <cstddef>
#include <stop_token>

#include <ATen/core/Tensor.h>

namespace rushes::wan {

class SelfAttention {
public:
    virtual ~SelfAttention() = default;

    /// q, k, v of one layer, [sides, tokens, heads, head_dim], normalised but not rotated. Returns [sides,
    /// tokens, dim]. Throws Stopped before each work unit.
    virtual at::Tensor attend(
        std::size_t layer,
        const at::Tensor& q,
        const at::Tensor& k,
        const at::Tensor& v,
        const std::stop_token& stop
    ) = 0;

    /// The same without an answer: for a pass that only fills a cache.
    virtual void remember(std::size_t layer, const at::Tensor& k, const at::Tensor& v) = 0;
};

/// Every token sees every token.
class FullAttention final : public SelfAttention {
public:
    explicit FullAttention(RotaryTable table) : table_(std::move(table)) {}

    at::Tensor attend(
        std::size_t layer,
        const at::Tensor& q,
        const at::Tensor& k,
        const at::Tensor& v,
        const std::stop_token& stop
    ) override;

    void remember(std::size_t /*layer*/, const at::Tensor& /*k*/, const at::Tensor& /*v*/) override {}

    std::int64_t tokens() const { return table_.tokens(); }

private:
    RotaryTable table_;
};

} // namespace rushes::wan
