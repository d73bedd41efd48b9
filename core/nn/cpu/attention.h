// Attention of one head, block by block of its keys, so that no row of scores is ever whole: Milakov and
// Gimelshein, "Online normalizer calculation for softmax" (2018), in the order of Dao et al.,
// "FlashAttention" (2022). No ATen here.
#pragma once

#include <algorithm>
#include <cstdint>

namespace rushes::cpu {

struct AttentionHead {
    /// Rows of head_dim numbers, so many from one to the next.
    struct Rows {
        const float* first = nullptr;
        std::int64_t stride = 0;
    };

    Rows q;
    Rows k;
    Rows v;
    const float* bias = nullptr; ///< [keys], added to the scaled scores; may be null
    std::int64_t keys = 0;
    std::int64_t head_dim = 0;
    float scale = 1;
};

struct AttentionKernels {
    /// Queries first ... first + count - 1, count of at most attention_rows(); out: `count` rows. room:
    /// attention_room() numbers.
    void (*rows)(
        const AttentionHead& head,
        std::int64_t first,
        std::int64_t count,
        float* out,
        std::int64_t out_stride,
        float* room
    );
};

/// For this processor; null: it has neither AVX-512 nor AVX2.
const AttentionKernels* attention_kernels();

/// By the width of their vectors; for attention_kernels() and tests.
extern const AttentionKernels attention_avx512;
extern const AttentionKernels attention_avx2;

// What is in use at a time fits into a second-level cache of 1 MiB.
constexpr std::int64_t attention_columns(std::int64_t head_dim) {
    return (head_dim + 15) / 16 * 16;
}

/// Keys of a block.
constexpr std::int64_t attention_block(std::int64_t head_dim) {
    return std::clamp<std::int64_t>(32768 / head_dim / 32 * 32, 64, 256);
}

/// Queries that are computed together: what is done once for a block of keys is done for all of them.
constexpr std::int64_t attention_rows(std::int64_t head_dim) {
    return std::clamp<std::int64_t>(61440 / head_dim / 12 * 12, 96, 960);
}

constexpr std::int64_t attention_room(std::int64_t head_dim, std::int64_t count) {
    const std::int64_t columns = attention_columns(head_dim);
    return attention_block(head_dim) * (head_dim + columns + 12) + count * (head_dim + columns + 2);
}

} // namespace rushes::cpu
