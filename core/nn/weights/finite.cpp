#include "nn/weights/finite.h"

#include <cstdint>
#include <cstring>

namespace rushes {

namespace {

/// A floating point number is not finite when all bits of its exponent are set. `step` bytes lie from one
/// number to the next.
template <typename Bits>
bool none_has(std::span<const std::byte> bytes, Bits exponent, std::size_t step = sizeof(Bits)) {
    const std::byte* const data = bytes.data();
    const std::size_t count = bytes.size() / step;
    std::size_t found = 0;
    for (std::size_t i = 0; i < count; ++i) {
        Bits bits = 0;
        std::memcpy(&bits, data + i * step, sizeof(Bits));
        found += (bits & exponent) == exponent ? 1 : 0;
    }
    return found == 0;
}

constexpr std::uint16_t half_exponent = 0x7C00;

/// The scale at `offset` of each block.
bool scales_finite(std::span<const std::byte> bytes, TensorDtype dtype, std::size_t offset) {
    if (bytes.size() < dtype_bytes(dtype)) {
        return true;
    }
    // From the first scale on, so that a step leads from scale to scale; the last block has no more behind
    // it.
    const std::size_t blocks = bytes.size() / dtype_bytes(dtype);
    const auto whole = bytes.subspan(offset, (blocks - 1) * dtype_bytes(dtype));
    const auto last = bytes.subspan(offset + whole.size(), sizeof(half_exponent));
    return none_has(whole, half_exponent, dtype_bytes(dtype)) && none_has(last, half_exponent);
}

} // namespace

bool all_finite(std::span<const std::byte> bytes, TensorDtype dtype) {
    switch (dtype) {
    case TensorDtype::f64:
        return none_has(bytes, std::uint64_t{0x7FF0} << 48);
    case TensorDtype::f32:
        return none_has(bytes, std::uint32_t{0x7F800000});
    case TensorDtype::f16:
        return none_has(bytes, half_exponent);
    case TensorDtype::bf16:
        return none_has(bytes, std::uint16_t{0x7F80});
    case TensorDtype::f8_e4m3: // has no infinity, and one NaN of each sign
        return none_has(bytes, std::uint8_t{0x7F});
    case TensorDtype::f8_e5m2:
        return none_has(bytes, std::uint8_t{0x7C});
    case TensorDtype::q8_0:
    case TensorDtype::q4_0:
        return scales_finite(bytes, dtype, 0);
    case TensorDtype::q4_k:
    case TensorDtype::q5_k:
        return scales_finite(bytes, dtype, 0) && scales_finite(bytes, dtype, 2);
    case TensorDtype::q6_k:
        return scales_finite(bytes, dtype, 208);
    default:
        return true; // whole numbers
    }
}

} // namespace rushes
