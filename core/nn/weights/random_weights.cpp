#include "nn/weights/random_weights.h"

#include "base/error.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

namespace rushes {

namespace {

constexpr std::size_t table_numbers = std::size_t{1} << 20;
constexpr std::size_t part_numbers = std::size_t{1} << 16;
constexpr float smallest = 1e-3F; ///< of the normal numbers: none is zero, not even in half precision

/// mean + deviation * normal.
struct Distribution {
    float mean = 0;
    float deviation = 1;
};

Distribution distribution_of(const TensorShape& tensor) {
    std::int64_t numbers = 1;
    for (const std::int64_t size : tensor.shape) {
        numbers *= size;
    }
    const std::int64_t row =
        tensor.shape.empty() ? 1 : numbers / std::max<std::int64_t>(1, tensor.shape.front());
    if (tensor.name.ends_with(".bias")) {
        return {.mean = 0, .deviation = 0.02F};
    }
    if (row == 1) { // a norm's gain
        return {.mean = 1, .deviation = 0.1F};
    }
    return {.mean = 0, .deviation = 1 / std::sqrt(static_cast<float>(row))};
}

std::uint16_t bf16_of(float value) { // to the nearest, ties to even; the value is finite
    const auto bits = std::bit_cast<std::uint32_t>(value);
    return static_cast<std::uint16_t>((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
}

/// Of a normal number of half precision; smaller ones are lifted to the smallest of those.
std::uint16_t f16_of(float value) {
    constexpr float smallest_normal = 6.2e-5F;
    const float lifted = std::abs(value) < smallest_normal ? std::copysign(smallest_normal, value) : value;
    const auto bits = std::bit_cast<std::uint32_t>(lifted);
    const auto sign = static_cast<std::uint16_t>((bits >> 16) & 0x8000);
    const std::uint32_t rebased = (bits & 0x7FFFFFFF) - ((127 - 15) << 23);
    return static_cast<std::uint16_t>(sign | ((rebased + 0xFFF + ((rebased >> 13) & 1)) >> 13));
}

/// The table in the tensor's type.
std::vector<std::byte>
encoded(const std::vector<float>& normal, Distribution distribution, TensorDtype dtype) {
    const std::size_t item = dtype_bytes(dtype);
    std::vector<std::byte> bytes(normal.size() * item);
    for (std::size_t i = 0; i < normal.size(); ++i) {
        const float value = distribution.mean + distribution.deviation * normal[i];
        const std::uint16_t half = dtype == TensorDtype::bf16 ? bf16_of(value) : f16_of(value);
        std::memcpy(
            bytes.data() + i * item,
            dtype == TensorDtype::f32 ? static_cast<const void*>(&value) : static_cast<const void*>(&half),
            item
        );
    }
    return bytes;
}

} // namespace

RandomWeights::RandomWeights(std::uint64_t seed) : random_(seed), normal_(table_numbers) {
    std::normal_distribution<float> normal;
    std::ranges::generate(normal_, [&] {
        const float value = std::clamp(normal(random_), -4.0F, 4.0F);
        return std::abs(value) < smallest ? smallest : value;
    });
}

void RandomWeights::make(
    const TensorShape& tensor,
    const std::function<void(std::span<const std::byte>)>& take,
    const std::stop_token& stop
) {
    if (tensor.dtype != TensorDtype::f32 && tensor.dtype != TensorDtype::f16 &&
        tensor.dtype != TensorDtype::bf16) {
        throw Error(
            ErrorKind::bug, "Random weights of the type " + std::string(dtype_name(tensor.dtype)) + "."
        );
    }
    const std::size_t item = dtype_bytes(tensor.dtype);
    std::size_t missing = tensor.bytes() / item;
    // A small tensor needs only the first part of the table.
    const std::size_t length = std::min(table_numbers, missing + part_numbers);
    const std::vector<float> numbers(normal_.begin(), normal_.begin() + static_cast<std::ptrdiff_t>(length));
    const std::vector<std::byte> table = encoded(numbers, distribution_of(tensor), tensor.dtype);
    while (missing > 0) {
        throw_if_stopped(stop);
        const std::size_t count = std::min(part_numbers, missing);
        const std::size_t from = random_() % (length - count + 1);
        take(std::span(table).subspan(from * item, count * item));
        missing -= count;
    }
}

} // namespace rushes
