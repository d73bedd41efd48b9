// What a weight file says about its tensors, whatever its format; no libtorch.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rushes {

/// Plain numbers, and the block formats of GGUF (ggml-common.h of llama.cpp), whose blocks lie along the last
/// dimension.
enum class TensorDtype {
    f64,
    f32,
    f16,
    bf16,
    f8_e4m3,
    f8_e5m2,
    i64,
    i32,
    i16,
    i8,
    u8,
    boolean,
    q8_0,
    q6_k,
    q5_k,
    q4_k,
    q4_0
};

/// A type's smallest piece: `numbers` in `bytes`. 1 number but for the block formats.
struct BlockSize {
    std::int64_t numbers = 1;
    std::uint64_t bytes = 0;
};

BlockSize block_size(TensorDtype dtype);

bool is_block_format(TensorDtype dtype);

/// Of one number; of one block for a block format.
std::size_t dtype_bytes(TensorDtype dtype);

/// As safetensors or ggml write it: "BF16", "Q6_K".
std::string_view dtype_name(TensorDtype dtype);

/// The type of that name, if there is one.
std::optional<TensorDtype> dtype_named(std::string_view name);

/// Bytes of a dense tensor of this shape; nothing when they are too many to count, or when blocks do not fit
/// the last dimension.
std::optional<std::uint64_t> tensor_bytes(TensorDtype dtype, std::span<const std::int64_t> shape);

struct TensorEntry {
    std::string name;
    TensorDtype dtype = TensorDtype::f32;
    std::vector<std::int64_t> shape;        ///< empty: one number
    std::uint64_t offset = 0;               ///< of the first byte, from the file's start
    std::uint64_t bytes = 0;                ///< from there, all of the tensor's numbers
    std::vector<std::int64_t> strides = {}; ///< in numbers; empty: dense, the last dimension fastest
};

struct WeightHeader {
    std::vector<TensorEntry> tensors;            ///< in the order of their bytes
    std::map<std::string, std::string> metadata; ///< texts only
    std::uint64_t file_size = 0;
};

/// The file's name between quotes, as sentences show it.
std::string quoted(const std::filesystem::path& path);

} // namespace rushes
