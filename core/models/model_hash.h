// Tells model directories apart without reading all of their weights.
#pragma once

#include "nn/weights/weight_index.h"

#include <filesystem>
#include <span>
#include <string>

namespace rushes {

/// 16 hexadecimal digits of SHA-256 over `small_files` (paths below `directory`; absent ones count as empty)
/// and, for each weight file, its header and samples spread over its numbers: fine-tunes of one architecture
/// share the header.
std::string model_hash(
    const std::filesystem::path& directory,
    std::span<const std::filesystem::path> small_files,
    std::span<const WeightIndex> weights
);

} // namespace rushes
