// Where the tensors of one component directory are, without libtorch.
#pragma once

#include "nn/weights/safetensors_header.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace rushes {

struct WeightFile {
    std::filesystem::path path;
    SafetensorsHeader header;
};

/// One place of a tensor: files[file].header.tensors[tensor].
struct WeightPlace {
    std::size_t file = 0;
    std::size_t tensor = 0;
};

struct WeightIndex {
    std::filesystem::path directory;
    std::vector<WeightFile> files;
    std::map<std::string, WeightPlace> places; ///< by the tensor's name

    std::uint64_t bytes() const; ///< of all tensors
};

/// Finds the weights of a component: a safetensors file is one; in a directory, as diffusers and transformers
/// write them:
/// diffusion_pytorch_model.safetensors or model.safetensors, else the same name with .safetensors.index.json,
/// whose weight_map names the shards (where there is an index, it decides which keys exist). Reads headers
/// only. Throws Error{user}: no weights, a shard that is absent or not in the same folder, a key that its
/// shard lacks, or an unsound file.
WeightIndex index_weights(const std::filesystem::path& directory);

} // namespace rushes
