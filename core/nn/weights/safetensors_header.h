// The header of a safetensors file, without libtorch: names, types, shapes and where the bytes are.
// Layout (github.com/huggingface/safetensors, "Format"): 8 bytes little-endian header length N, N bytes of
// JSON
// {"name": {"dtype", "shape", "data_offsets": [begin, end]}, "__metadata__": {...}}, then the data, without
// holes.
#pragma once

#include "nn/weights/tensor_entry.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

namespace rushes {

/// `head` holds the file's first bytes (all of the header at least), `file_size` is the whole file's, `what`
/// its name for people. Everything is checked: the entries of the result describe exactly the bytes of the
/// file. Throws Error{user} with one sentence that names the file and, where there is one, the tensor.
WeightHeader
parse_safetensors_header(std::span<const std::byte> head, std::uint64_t file_size, const std::string& what);

/// Reads only the header of a file.
WeightHeader read_safetensors_header(const std::filesystem::path& path);

} // namespace rushes
