// The header of a safetensors file, without libtorch: names, types, shapes and where the bytes are.
// Layout (github.com/huggingface/safetensors, "Format"): 8 bytes little-endian header length N, N bytes of
// JSON
// {"name": {"dtype", "shape", "data_offsets": [begin, end]}, "__metadata__": {...}}, then the data, without
// holes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace rushes {

enum class TensorDtype { f64, f32, f16, bf16, f8_e4m3, f8_e5m2, i64, i32, i16, i8, u8, boolean };

std::size_t dtype_bytes(TensorDtype dtype);

struct TensorEntry {
    std::string name;
    TensorDtype dtype = TensorDtype::f32;
    std::vector<std::int64_t> shape; ///< empty: one number
    std::uint64_t offset = 0;        ///< of the first byte, from the file's start
    std::uint64_t bytes = 0;
};

struct SafetensorsHeader {
    std::vector<TensorEntry> tensors; ///< in the order of their bytes
    std::map<std::string, std::string> metadata;
    std::uint64_t file_size = 0;
};

/// The file's name between quotes, as sentences show it.
std::string quoted(const std::filesystem::path& path);

/// `head` holds the file's first bytes (all of the header at least), `file_size` is the whole file's, `what`
/// its name for people. Everything is checked: the entries of the result describe exactly the bytes of the
/// file. Throws Error{user} with one sentence that names the file and, where there is one, the tensor.
SafetensorsHeader
parse_safetensors_header(std::span<const std::byte> head, std::uint64_t file_size, const std::string& what);

/// Reads only the header of a file.
SafetensorsHeader read_safetensors_header(const std::filesystem::path& path);

} // namespace rushes
