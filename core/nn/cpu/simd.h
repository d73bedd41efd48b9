// What the files of CPU kernels share. No ATen here.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

// One function body, compiled for each of these instruction sets; the loader picks (GCC and Clang on ELF
// systems). Features and not "arch=haswell", which GCC takes for that maker's very model. The sanitizers'
// runtimes are not ready yet when the loader asks.
#if defined(__x86_64__) && defined(__ELF__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define RUSHES_CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define RUSHES_CLONES
#endif

namespace rushes::cpu {

/// e^x to about 2 units in the last place, in operations that vectorise. x is cut to a range whose results
/// are normal numbers. Method: x = n ln 2 + r, |r| <= ln 2 / 2, Taylor polynomial of degree 7 for e^r, 2^n by
/// the exponent's bits.
[[gnu::always_inline]] inline float fast_exp(float x) {
    constexpr float round_to_integer = 12582912.0F; // 1.5 * 2^23: the sum's low bits are the rounded integer
    x = std::min(std::max(x, -87.0F), 88.0F);
    const float shifted = x * 1.44269504F + round_to_integer;
    const float n = shifted - round_to_integer;
    const float r =
        (x - n * 0.693359375F) + n * 2.12194440e-4F; // ln 2 in two parts, the first exact in n * part
    float p = 1.0F / 5040.0F;
    p = p * r + 1.0F / 720.0F;
    p = p * r + 1.0F / 120.0F;
    p = p * r + 1.0F / 24.0F;
    p = p * r + 1.0F / 6.0F;
    p = p * r + 0.5F;
    p = p * r + 1.0F;
    p = p * r + 1.0F;
    const std::uint32_t exponent = (std::bit_cast<std::uint32_t>(shifted) << 23U) + 0x3f800000U;
    return p * std::bit_cast<float>(exponent);
}

} // namespace rushes::cpu
