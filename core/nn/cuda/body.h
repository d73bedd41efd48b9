// What the bodies of the CUDA kernels are written in: plain C++ that nvcc and the host's compiler both take.
// A body computes one row with the 32 lanes of a warp, and says what the lanes do through a Warp: each(f)
// calls f(lane) for every lane, sum(f) adds what f(lane) returns and gives the sum to all. On a card the
// lanes run beside each other (launch.cu); emulate() runs them one after the other, adding in the same order,
// so that the arithmetic is tested where there is no card. No ATen here: nvcc takes a minute with it.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>

#ifdef __CUDACC__
#define RUSHES_BODY __device__
#else
#define RUSHES_BODY
#endif

namespace rushes::cuda {

constexpr int warp_lanes = 32;

/// The upper half of a float, rounded to nearest, ties to even.
struct Bf16 {
    std::uint16_t bits;
};

RUSHES_BODY inline float wide(float x) {
    return x;
}

RUSHES_BODY inline float wide(Bf16 x) {
    const std::uint32_t bits = std::uint32_t{x.bits} << 16U;
    float result = 0;
    std::memcpy(&result, &bits, sizeof result);
    return result;
}

RUSHES_BODY inline void store(float* to, float x) {
    *to = x;
}

RUSHES_BODY inline void store(Bf16* to, float x) {
    std::uint32_t bits = 0;
    std::memcpy(&bits, &x, sizeof bits);
    const std::uint32_t rounded = (bits + 0x7fffU + ((bits >> 16U) & 1U)) >> 16U;
    to->bits = static_cast<std::uint16_t>(x == x ? rounded : 0x7fc0U); // a NaN stays one
}

/// The bodies' way through a row: lane, lane + 32, ... below `size`.
template <typename F>
RUSHES_BODY inline void strided(int lane, std::int64_t size, F f) {
    for (std::int64_t i = lane; i < size; i += warp_lanes) {
        f(i);
    }
}

#ifndef __CUDACC__

/// The lanes one after the other.
struct EmulatedWarp {
    template <typename F>
    void each(F f) const {
        for (int lane = 0; lane < warp_lanes; ++lane) {
            f(lane);
        }
    }

    /// In the order of a butterfly of shuffles.
    template <typename F>
    float sum(F f) const {
        std::array<float, warp_lanes> parts{};
        for (int lane = 0; lane < warp_lanes; ++lane) {
            parts[static_cast<std::size_t>(lane)] = f(lane);
        }
        for (std::size_t distance = warp_lanes / 2; distance > 0; distance /= 2) {
            const std::array<float, warp_lanes> before = parts;
            for (std::size_t lane = 0; lane < warp_lanes; ++lane) {
                parts[lane] = before[lane] + before[lane ^ distance];
            }
        }
        return parts.front();
    }
};

template <typename Body>
void emulate(const Body& body, std::int64_t rows) {
    for (std::int64_t row = 0; row < rows; ++row) {
        body(EmulatedWarp(), row);
    }
}

#endif

} // namespace rushes::cuda
