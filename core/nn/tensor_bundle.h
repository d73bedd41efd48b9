// A few tensors and texts in one small file of the program's own, which says when it is damaged.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include <ATen/core/Tensor.h>

namespace rushes {

struct TensorBundle {
    std::map<std::string, std::string> texts;  ///< UTF-8
    std::map<std::string, at::Tensor> tensors; ///< fp32, bf16 or bytes, on any device; from a file on the CPU
};

/// Beside its place and then renamed, as write_file(). Throws Error{resource}.
void write_bundle(const std::filesystem::path& file, const TensorBundle& bundle);

/// Nothing: there is no such file, or it is damaged.
std::optional<TensorBundle> read_bundle(const std::filesystem::path& file);

} // namespace rushes
