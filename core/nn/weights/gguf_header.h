// The header of a GGUF file, without libtorch (llama.cpp, docs of the format in ggml/docs/gguf.md, version 2
// and 3, little-endian): magic, version, counts of tensors and of metadata pairs, the pairs, the tensors
// (name, dimensions with the fastest first, type, offset), then the data at a multiple of general.alignment.
#pragma once

#include "nn/weights/tensor_entry.h"

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>

namespace rushes {

/// `file` is the whole file (mapped: only the header is touched), `what` its name for people. Shapes come out
/// with the fastest dimension last, and as "comfy.gguf.orig_shape.NAME" of the metadata says where a writer
/// had to fold dimensions. Everything is checked: the entries lie within the file and do not overlap. Throws
/// Error{user} with one sentence.
WeightHeader parse_gguf_header(std::span<const std::byte> file, const std::string& what);

WeightHeader read_gguf_header(const std::filesystem::path& path);

} // namespace rushes
