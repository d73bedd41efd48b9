// The loops of attention.h, compiled once for each width of vectors (lanes.h).
#include "nn/cpu/attention.h"
#include "nn/cpu/lanes.h"

namespace rushes::cpu {
namespace {

/// Products of a query and a key that are summed up in one go: short sums lose less.
constexpr std::int64_t longest_sum = 64;
constexpr float lowest =
    -1e30F; // of a score: far below all, and no infinity, whose differences are no numbers

using Integers [[gnu::vector_size(4 * RUSHES_LANES)]] = std::int32_t;

/// e^x of x <= 0, as fast_exp (simd.h) has it; what is no number stays none.
[[gnu::always_inline]] inline Vector exp_of(Vector x) {
    constexpr float round_to_integer = 12582912.0F; // 1.5 * 2^23: the sum's low bits are the rounded integer
    const Vector cut = Vector{} - 87.0F;
    x = x < cut ? cut : x;
    const Vector shifted = x * 1.44269504F + round_to_integer;
    const Vector n = shifted - round_to_integer;
    const Vector r = (x - n * 0.693359375F) + n * 2.12194440e-4F;
    Vector p = r * (1.0F / 5040.0F) + 1.0F / 720.0F;
    p = p * r + 1.0F / 120.0F;
    p = p * r + 1.0F / 24.0F;
    p = p * r + 1.0F / 6.0F;
    p = p * r + 0.5F;
    p = p * r + 1.0F;
    p = p * r + 1.0F;
    const Integers exponent = (reinterpret_cast<Integers>(shifted) << 23) + 0x3f800000;
    return p * reinterpret_cast<Vector>(exponent);
}

[[gnu::always_inline]] inline Vector larger(Vector a, Vector b) {
    return a > b ? a : b;
}

float largest_of(Vector x) {
    float most = x[0];
    for (std::int64_t i = 1; i < lanes; ++i) {
        most = x[i] > most ? x[i] : most;
    }
    return most;
}

float sum_of(Vector x) {
    float sum = 0;
    for (std::int64_t i = 0; i < lanes; ++i) {
        sum += x[i];
    }
    return sum;
}

/// [count / panel][depth][panel]: what lies behind the last key is left as it is.
void pack_keys(AttentionHead::Rows k, std::int64_t count, std::int64_t depth, float* to) {
    for (std::int64_t key = 0; key < count; ++key) {
        const float* const from = k.first + key * k.stride;
        float* const column = to + key / panel * panel * depth + key % panel;
        for (std::int64_t i = 0; i < depth; ++i) {
            column[i * panel] = from[i];
        }
    }
}

/// Column by column of `width` numbers: [count][width], zeros behind the last.
void pack_values(
    AttentionHead::Rows v, std::int64_t count, std::int64_t width, std::int64_t left, float* to
) {
    const std::int64_t taken = left < width ? left : width;
    for (std::int64_t key = 0; key < count; ++key) {
        for (std::int64_t i = 0; i < taken; ++i) {
            to[key * width + i] = v.first[key * v.stride + i];
        }
        for (std::int64_t i = taken; i < width; ++i) {
            to[key * width + i] = 0;
        }
    }
}

/// Of one query: what its exponents are measured from, and the sum of them.
struct Softmax {
    float most = lowest;
    float sum = 0;
};

void scale(float* numbers, std::int64_t count, float factor) {
    for (std::int64_t i = 0; i < count; i += lanes) {
        store(numbers + i, load(numbers + i) * factor);
    }
}

/// Products of a query with `count` keys become exponents of the scores; returns the factor by which what was
/// summed up before shrinks. Scaled here: a query that is scaled before loses twice.
float soften(float* scores, std::int64_t count, float factor, const float* bias, Softmax& state) {
    const std::int64_t whole = (count + lanes - 1) / lanes * lanes;
    if (bias != nullptr) {
        for (std::int64_t i = 0; i < count; ++i) {
            scores[i] = scores[i] * factor + bias[i];
        }
    } else {
        scale(scores, whole, factor);
    }
    for (std::int64_t i = count; i < whole; ++i) {
        scores[i] = lowest;
    }
    Vector most = Vector{} + state.most;
    for (std::int64_t i = 0; i < whole; i += lanes) {
        most = larger(load(scores + i), most);
    }
    const float from = largest_of(most);
    Vector sum = {};
    for (std::int64_t i = 0; i < whole; i += lanes) {
        const Vector weight = exp_of(load(scores + i) - from);
        store(scores + i, weight);
        sum += weight;
    }
    const float shrink = exp_of(Vector{} + (state.most - from))[0];
    state = {from, state.sum * shrink + sum_of(sum)};
    return shrink;
}

void rows(
    const AttentionHead& head,
    std::int64_t first,
    std::int64_t count,
    float* out,
    std::int64_t out_stride,
    float* room
) {
    const std::int64_t depth = head.head_dim;
    const std::int64_t columns = attention_columns(depth);
    const std::int64_t block = attention_block(depth);
    float* const keys = room;
    float* const values = keys + block * depth;
    float* const scores = values + block * columns; // [strip][block]
    float* const queries = scores + strip * block;  // [count][depth]
    float* const sums = queries + count * depth;    // [count][columns]
    auto* const states = reinterpret_cast<Softmax*>(sums + count * columns);
    for (std::int64_t row = 0; row < count; ++row) {
        states[row] = {};
        for (std::int64_t i = 0; i < depth; ++i) {
            queries[row * depth + i] = head.q.first[(first + row) * head.q.stride + i];
        }
    }
    for (std::int64_t key = 0; key < head.keys; key += block) {
        const std::int64_t seen = head.keys - key < block ? head.keys - key : block;
        pack_keys({head.k.first + key * head.k.stride, head.k.stride}, seen, depth, keys);
        for (std::int64_t c = 0; c < depth; c += panel) {
            const std::int64_t width = depth - c > lanes ? panel : lanes;
            const AttentionHead::Rows from{head.v.first + key * head.v.stride + c, head.v.stride};
            pack_values(from, seen, width, depth - c, values + c * seen);
        }
        for (std::int64_t row = 0; row < count; row += strip) {
            const std::int64_t taken = count - row < strip ? count - row : strip;
            for (std::int64_t o = 0; o < seen; o += panel) {
                for (std::int64_t k = 0; k < depth; k += longest_sum) {
                    multiply_rows<2>[taken](
                        {queries + row * depth + k, depth},
                        depth - k < longest_sum ? depth - k : longest_sum,
                        keys + o * depth + k * panel,
                        {scores + o, block},
                        k > 0
                    );
                }
            }
            for (std::int64_t i = row; i < row + taken; ++i) {
                const float* const bias = head.bias != nullptr ? head.bias + key : nullptr;
                const float shrink = soften(scores + (i - row) * block, seen, head.scale, bias, states[i]);
                if (key > 0) {
                    scale(sums + i * columns, columns, shrink);
                }
            }
            for (std::int64_t c = 0; c < depth; c += panel) {
                const Multiply multiply = (depth - c > lanes ? multiply_rows<2> : multiply_rows<1>)[taken];
                multiply(
                    {scores, block}, seen, values + c * seen, {sums + row * columns + c, columns}, key > 0
                );
            }
        }
    }
    for (std::int64_t row = 0; row < count; ++row) {
        for (std::int64_t i = 0; i < depth; ++i) {
            out[row * out_stride + i] = sums[row * columns + i] / states[row].sum;
        }
    }
}

} // namespace
} // namespace rushes::cpu
