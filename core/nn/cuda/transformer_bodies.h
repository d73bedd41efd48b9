// What lies between the products of a transformer's layer (ATen: nn/modulation.cpp, nn/rotary.cpp).
#pragma once

#include "nn/cuda/body.h"

namespace rushes::cuda {

/// A row is a token: out = (x - mean) / sqrt(variance + eps) * scale + shift. x [rows, dim], out the same in
/// the model's type; scale and shift [groups, dim], which serve rows_per_group rows each and then begin
/// again.
template <typename Number>
struct NormModulate {
    const float* x;
    Number* out;
    const float* scale;
    const float* shift;
    std::int64_t dim;
    std::int64_t rows_per_group; ///< tokens of one timestep
    std::int64_t groups;
    float eps;

    template <typename Warp>
    RUSHES_BODY void operator()(Warp warp, std::int64_t row) const {
        const float* const source = x + row * dim;
        Number* const target = out + row * dim;
        const std::int64_t group = row / rows_per_group % groups * dim;
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

/// A row is a token of one side: each pair of neighbours is turned by its angle. Of x and out the numbers of
/// a token are dense; tokens and sides begin so many numbers apart.
template <typename Number>
struct Rotate {
    const Number* x;
    Number* out;
    const float* turns; ///< [tokens, pairs, 2]: cosine and sine, the same for all sides and heads
    std::int64_t tokens;
    std::int64_t heads;
    std::int64_t pairs; ///< of a head
    std::int64_t x_token, x_side;
    std::int64_t out_token, out_side;

    template <typename Warp>
    RUSHES_BODY void operator()(Warp warp, std::int64_t row) const {
        const std::int64_t side = row / tokens;
        const std::int64_t token = row % tokens;
        const Number* const source = x + side * x_side + token * x_token;
        Number* const target = out + side * out_side + token * out_token;
        const float* const turn = turns + token * pairs * 2;
        warp.each([&](int lane) {
            strided(lane, heads * pairs, [&](std::int64_t pair) {
                const float a = wide(source[2 * pair]);
                const float b = wide(source[2 * pair + 1]);
                const float cosine = turn[pair % pairs * 2];
                const float sine = turn[pair % pairs * 2 + 1];
                store(target + 2 * pair, a * cosine - b * sine);
                store(target + 2 * pair + 1, a * sine + b * cosine);
            });
        });
    }
};

/// A row is a token: out = x + y * gate. x and out [rows, dim], y the same in the model's type, gate [groups,
/// dim], each for rows_per_group rows, then from the first again.
template <typename Number>
struct GatedSum {
    const float* x;
    const Number* y;
    const float* gate;
    float* out;
    std::int64_t dim;
    std::int64_t rows_per_group;
    std::int64_t groups;

    template <typename Warp>
    RUSHES_BODY void operator()(Warp warp, std::int64_t row) const {
        const std::int64_t group = row / rows_per_group % groups * dim;
        const std::int64_t begin = row * dim;
        warp.each([&](int lane) {
            strided(lane, dim, [&](std::int64_t i) {
                out[begin + i] = x[begin + i] + wide(y[begin + i]) * gate[group + i];
            });
        });
    }
};

} // namespace rushes::cuda
