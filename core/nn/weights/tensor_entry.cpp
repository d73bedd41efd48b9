#include "nn/weights/tensor_entry.h"

#include <algorithm>
#include <array>
#include <limits>

namespace rushes {

namespace {

struct Row {
    TensorDtype dtype;
    std::string_view name;
    BlockSize block;
};

constexpr std::array rows{
    Row{TensorDtype::f64, "F64", {1, 8}},
    Row{TensorDtype::f32, "F32", {1, 4}},
    Row{TensorDtype::f16, "F16", {1, 2}},
    Row{TensorDtype::bf16, "BF16", {1, 2}},
    Row{TensorDtype::f8_e4m3, "F8_E4M3", {1, 1}},
    Row{TensorDtype::f8_e5m2, "F8_E5M2", {1, 1}},
    Row{TensorDtype::i64, "I64", {1, 8}},
    Row{TensorDtype::i32, "I32", {1, 4}},
    Row{TensorDtype::i16, "I16", {1, 2}},
    Row{TensorDtype::i8, "I8", {1, 1}},
    Row{TensorDtype::u8, "U8", {1, 1}},
    Row{TensorDtype::boolean, "BOOL", {1, 1}},
    Row{TensorDtype::q8_0, "Q8_0", {32, 34}},
    Row{TensorDtype::q6_k, "Q6_K", {256, 210}},
    Row{TensorDtype::q5_k, "Q5_K", {256, 176}},
    Row{TensorDtype::q4_k, "Q4_K", {256, 144}},
    Row{TensorDtype::q4_0, "Q4_0", {32, 18}},
};

const Row& row_of(TensorDtype dtype) {
    return *std::ranges::find(rows, dtype, &Row::dtype);
}

} // namespace

BlockSize block_size(TensorDtype dtype) {
    return row_of(dtype).block;
}

bool is_block_format(TensorDtype dtype) {
    return block_size(dtype).numbers > 1;
}

std::size_t dtype_bytes(TensorDtype dtype) {
    return block_size(dtype).bytes;
}

std::string_view dtype_name(TensorDtype dtype) {
    return row_of(dtype).name;
}

std::optional<TensorDtype> dtype_named(std::string_view name) {
    const auto found = std::ranges::find(rows, name, &Row::name);
    return found == rows.end() ? std::nullopt : std::optional(found->dtype);
}

std::optional<std::uint64_t> tensor_bytes(TensorDtype dtype, std::span<const std::int64_t> shape) {
    constexpr auto limit = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    const BlockSize block = block_size(dtype);
    const std::int64_t last = shape.empty() ? 1 : shape.back();
    if (last % block.numbers != 0) {
        return std::nullopt;
    }
    std::uint64_t bytes = block.bytes;
    for (std::size_t i = 0; i < shape.size(); ++i) {
        const bool is_last = i + 1 == shape.size();
        const auto count = static_cast<std::uint64_t>(is_last ? last / block.numbers : shape[i]);
        if (count != 0 && bytes > limit / count) {
            return std::nullopt;
        }
        bytes *= count;
    }
    return bytes;
}

std::string quoted(const std::filesystem::path& path) {
    return "'" + path.filename().string() + "'";
}

} // namespace rushes
