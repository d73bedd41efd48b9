// A safetensors file as tensors: memory mapped, nothing is copied or read before it is used.
#pragma once

#include "nn/weights/safetensors_header.h"

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>

#include <ATen/core/Tensor.h>

namespace rushes {

/// The libtorch type of the same numbers.
at::ScalarType scalar_type(TensorDtype dtype);

/// A whole file mapped read-only. Copies share the mapping.
class MappedFile {
public:
    /// Throws Error{user} when the file cannot be opened or mapped.
    explicit MappedFile(const std::filesystem::path& path);

    std::span<const std::byte> bytes() const { return {data_.get(), size_}; }

    /// Has the bytes read from the disk now, where the system can; they are mapped either way.
    void fetch(std::size_t offset, std::size_t count) const;

    /// Keeps the mapping alive as long as it lives.
    const std::shared_ptr<const std::byte>& data() const { return data_; }

private:
    std::shared_ptr<const std::byte> data_;
    std::size_t size_ = 0;
};

/// A view of the file's bytes that keeps the mapping alive: read-only, so never change it in place. A tensor
/// whose bytes are not aligned to its type is copied instead.
at::Tensor tensor_view(const MappedFile& file, const TensorEntry& entry);

class SafetensorsFile {
public:
    /// Throws Error{user} (see parse_safetensors_header).
    explicit SafetensorsFile(const std::filesystem::path& path);

    const SafetensorsHeader& header() const { return header_; }

    bool contains(std::string_view name) const;

    /// The stored numbers in their stored type, as a read-only view. Throws Error{user} when there is no such
    /// tensor.
    at::Tensor tensor(std::string_view name) const;

private:
    const TensorEntry* find(std::string_view name) const;

    std::filesystem::path path_;
    MappedFile file_;
    SafetensorsHeader header_;
};

} // namespace rushes
