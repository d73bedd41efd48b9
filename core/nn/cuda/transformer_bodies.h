// What lies between the products of a transformer's layer (ATen: models/wan/transformer.cpp, nn/rotary.cpp):
// 18 launches in bf16 become 7.
#pragma once

#include "nn/cuda/body.h"

namespace rushes::cuda {

/// A row is a token: out = (x - mean) / sqrt(variance + eps) * scale + shift. x [rows, dim], out the same in
/// the model's type; scale and shift [rows / rows_per_group, dim].
template <typename Number>
struct NormModulate {
    const float* x;
    Number* out;
    const float* scale;
    const float* shift;
    std::int64_t dim;
    std::int64_t rows_per_group; ///< tokens of one timestep
    float eps;

    template <typename Warp>
    RUSHES_BODY void operator()(Warp warp, std::int64_t row) const {
        const float* const source = x + row * dim;
        Number* const target = out + row * dim;
        const std::int64_t group = row / rows_per_group * dim;
        const auto size = static_cast<float>(dim);
        const float mean = warp.sum([&](int lane) {
            float part = 0;
            strided(lane, dim, [&](std::int64_t i) { part += source[i]; });
            return part;
        }) / size;
        const float variance = warp.sum([&](int lane) {
            float part = 0;
            strided(lane, dim, [&](std::int64_t i) { part += (source[i] - mean) * (source[i] - mean); });
            return part;
        }) / size;
        const float factor = 1 / sqrtf(variance + eps);
        warp.each([&](int lane) {
            strided(lane, dim, [&](std::int64_t i) {
                store(target + i, (source[i] - mean) * factor * scale[group + i] + shift[group + i]);
            });
        });
    }
};

/// A row is a token: x / sqrt(mean(x^2) + eps) * gain, each pair of neighbours then turned. Rows of x begin
/// x_stride numbers apart (a part of a fused product), those of out out_stride.
template <typename Number>
struct NormRotate {
    const Number* x;
    Number* out;
    const Number* gain; ///< [heads * 2 * pairs]
    const float* turns; ///< [tokens, pairs, 2]: cosine and sine
    std::int64_t x_stride;
    std::int64_t out_stride;
    std::int64_t tokens; ///< rows of each side, which all have the same positions
    std::int64_t heads;
    std::int64_t pairs; ///< of a head
    float eps;

    template <typename Warp>
    RUSHES_BODY void operator()(Warp warp, std::int64_t row) const {
        const Number* const source = x + row * x_stride;
        Number* const target = out + row * out_stride;
        const float* const turn = turns + row % tokens * pairs * 2;
        const std::int64_t all = heads * pairs;
        const float square = warp.sum([&](int lane) {
            float part = 0;
            strided(lane, 2 * all, [&](std::int64_t i) { part += wide(source[i]) * wide(source[i]); });
            return part;
        });
        const float factor = 1 / sqrtf(square / static_cast<float>(2 * all) + eps);
        warp.each([&](int lane) {
            strided(lane, all, [&](std::int64_t pair) {
                const float a = wide(source[2 * pair]) * factor * wide(gain[2 * pair]);
                const float b = wide(source[2 * pair + 1]) * factor * wide(gain[2 * pair + 1]);
                const float cosine = turn[pair % pairs * 2];
                const float sine = turn[pair % pairs * 2 + 1];
                store(target + 2 * pair, a * cosine - b * sine);
                store(target + 2 * pair + 1, a * sine + b * cosine);
            });
        });
    }
};

/// A row is a token: x += y * gate. x [rows, dim], y the same in the model's type, gate [rows /
/// rows_per_group, dim].
template <typename Number>
struct GatedSum {
    float* x;
    const Number* y;
    const float* gate;
    std::int64_t dim;
    std::int64_t rows_per_group;

    template <typename Warp>
    RUSHES_BODY void operator()(Warp warp, std::int64_t row) const {
        const std::int64_t group = row / rows_per_group * dim;
        const std::int64_t begin = row * dim;
        warp.each([&](int lane) {
            strided(lane, dim, [&](std::int64_t i) { x[begin + i] += wide(y[begin + i]) * gate[group + i]; });
        });
    }
};

} // namespace rushes::cuda
