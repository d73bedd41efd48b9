// The header of a file that torch.save wrote (PyTorch from 1.6, .pt, .pth, .ckpt): a zip archive with a
// pickle that describes tensors and a file of bytes for each storage. No libtorch, and nothing is run.
#pragma once

#include "nn/weights/tensor_entry.h"

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>

namespace rushes {

/// `file` is the whole file (mapped: the storages are not touched). The tensors of nested dictionaries have
/// the keys that lead to them in their names, "generator_ema.blocks.0.norm1.weight". Throws Error{user} (see
/// torch_pickle.h and zip_directory.h).
WeightHeader parse_torch_file(std::span<const std::byte> file, const std::string& what);

WeightHeader read_torch_file(const std::filesystem::path& path);

} // namespace rushes
