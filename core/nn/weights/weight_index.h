// Where the tensors of one component are, whatever the layout of its files, without libtorch.
#pragma once

#include "nn/weights/tensor_entry.h"
#include "nn/weights/weight_names.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rushes {

struct WeightFile {
    std::filesystem::path path;
    WeightHeader header;
};

/// One place of a tensor: files[file].header.tensors[tensor].
struct WeightPlace {
    std::size_t file = 0;
    std::size_t tensor = 0;
};

struct WeightIndex {
    std::filesystem::path source; ///< the directory, or the one file
    std::vector<WeightFile> files;
    std::map<std::string, WeightPlace> places; ///< by the tensor's own name

    std::uint64_t bytes() const; ///< of all tensors

    const TensorEntry& entry(const WeightPlace& place) const {
        return files[place.file].header.tensors[place.tensor];
    }
};

/// Whether a tensor is the matrix of a layer within the blocks of a network: what there is most of, and what
/// bears being kept in eight bits. Embeddings, norms and the last projection do not (diffusers leaves them
/// out of its layerwise casting, too).
bool is_block_layer(std::string_view key, std::span<const std::int64_t> shape);

/// The header of a weight file of any known format; which one, its first bytes say. Throws Error{user}.
WeightHeader read_weight_header(const std::filesystem::path& path);

/// Finds the weights of a component. A file is the component. In a directory it is what diffusers and
/// transformers write: diffusion_pytorch_model.safetensors or model.safetensors, else the same name with
/// .safetensors.index.json, whose weight_map names the shards (where there is an index, it decides which keys
/// exist). Foreign names are translated. Reads headers only. Throws Error{user}: no weights, a shard that is
/// absent or not in the same folder, a key that its shard lacks, two tensors of one name, or an unsound file.
WeightIndex index_weights(const std::filesystem::path& path, const WeightNames& names = {});

} // namespace rushes
