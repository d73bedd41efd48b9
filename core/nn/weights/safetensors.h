// A safetensors file as tensors: memory mapped, nothing is copied or read before it is used.
#pragma once

#include "nn/weights/mapped_file.h"
#include "nn/weights/safetensors_header.h"

#include <filesystem>
#include <string_view>

#include <ATen/core/Tensor.h>

namespace rushes {

/// The libtorch type of the same numbers.
at::ScalarType scalar_type(TensorDtype dtype);

/// A view of the file's bytes that keeps the mapping alive: read-only, so never change it in place. A tensor
/// whose bytes are not aligned to its type is copied instead. A block format comes as bytes, [blocks, bytes
/// of one].
at::Tensor tensor_view(const MappedFile& file, const TensorEntry& entry);

class SafetensorsFile {
public:
    /// Throws Error{user} (see parse_safetensors_header).
    explicit SafetensorsFile(const std::filesystem::path& path);

    const WeightHeader& header() const { return header_; }

    bool contains(std::string_view name) const;

    /// The stored numbers in their stored type, as a read-only view. Throws Error{user} when there is no such
    /// tensor.
    at::Tensor tensor(std::string_view name) const;

private:
    const TensorEntry* find(std::string_view name) const;

    std::filesystem::path path_;
    MappedFile file_;
    WeightHeader header_;
};

} // namespace rushes
