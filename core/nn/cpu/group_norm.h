// The CPU kernels behind GroupNorm and the gate of GEGLU. No ATen here; the twins are in group_norm.cpp and
// geglu.cpp.
#pragma once

#include <cstdint>

namespace rushes::cpu {

/// Adds up (x + offset - pivot) and its square over `rows` rows of x [rows, channels], dense: sum and square
/// are [channels], set. offset: [channels], or null.
void channel_sums(
    const float* x,
    const float* offset,
    const float* pivot,
    double* sum,
    double* square,
    std::int64_t rows,
    std::int64_t channels
);

/// out = y or silu(y) with y = (x - centre) * scale + shift; centre, scale and shift [channels]; x and out
/// [rows, channels], dense, may be the same.
void scale_shift(
    const float* x,
    float* out,
    const float* centre,
    const float* scale,
    const float* shift,
    std::int64_t rows,
    std::int64_t channels,
    bool silu
);

/// out [rows, size] = value * gelu(gate) with x [rows, 2 * size] the value and then the gate, both dense;
/// gelu with the error function.
void geglu(const float* x, float* out, std::int64_t rows, std::int64_t size);

} // namespace rushes::cpu
