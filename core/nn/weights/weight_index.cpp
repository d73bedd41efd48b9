#include "nn/weights/weight_index.h"

#include "base/error.h"
#include "base/strict_json.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>

namespace rushes {

namespace {

namespace fs = std::filesystem;

constexpr std::array stems{"diffusion_pytorch_model", "model"};

WeightFile open_file(const fs::path& path) {
    return {.path = path, .header = read_safetensors_header(path)};
}

WeightIndex index_single(const fs::path& directory, const fs::path& path) {
    WeightIndex index{.directory = directory, .files = {open_file(path)}, .places = {}};
    const auto& tensors = index.files.front().header.tensors;
    for (std::size_t i = 0; i < tensors.size(); ++i) {
        index.places.emplace(tensors[i].name, WeightPlace{.file = 0, .tensor = i});
    }
    return index;
}

/// The index' weight_map: shard by key. Shards are plain names: an index must not reach out of its folder.
std::map<std::string, std::string> read_weight_map(const fs::path& path) {
    const nlohmann::json root = read_strict_json(path);
    const std::string what = quoted(path);
    if (!root.is_object() || !root.contains("weight_map") || !root["weight_map"].is_object()) {
        throw Error(ErrorKind::user, what + " has no 'weight_map'.");
    }
    std::map<std::string, std::string> shards;
    for (const auto& [key, value] : root["weight_map"].items()) {
        if (!value.is_string()) {
            throw Error(ErrorKind::user, what + " names no file for '" + key + "'.");
        }
        const std::string name = value.get<std::string>();
        if (name.empty() || name == "." || name == ".." || name.find_first_of("/\\") != std::string::npos ||
            name.find('\0') != std::string::npos) {
            throw Error(ErrorKind::user, what + " points out of its folder: '" + name + "'.");
        }
        shards.emplace(key, name);
    }
    return shards;
}

WeightIndex index_shards(const fs::path& directory, const fs::path& path) {
    const std::map<std::string, std::string> shard_of = read_weight_map(path);
    WeightIndex index{.directory = directory, .files = {}, .places = {}};
    std::map<std::string, std::map<std::string, WeightPlace>> places_in;
    for (const auto& [key, shard] : shard_of) {
        if (!places_in.contains(shard)) {
            if (!fs::exists(directory / shard)) {
                throw Error(
                    ErrorKind::user,
                    quoted(directory) + " lacks the weight file '" + shard + "' that its index names.",
                    "Download the missing file."
                );
            }
            index.files.push_back(open_file(directory / shard));
            const auto& tensors = index.files.back().header.tensors;
            for (std::size_t i = 0; i < tensors.size(); ++i) {
                places_in[shard].emplace(
                    tensors[i].name, WeightPlace{.file = index.files.size() - 1, .tensor = i}
                );
            }
        }
        const auto place = places_in[shard].find(key);
        if (place == places_in[shard].end()) {
            throw Error(
                ErrorKind::user,
                quoted(directory / shard) + " lacks the tensor '" + key + "' that the index promises."
            );
        }
        index.places.emplace(key, place->second);
    }
    return index;
}

} // namespace

std::uint64_t WeightIndex::bytes() const {
    std::uint64_t sum = 0;
    for (const auto& [name, place] : places) {
        sum += files[place.file].header.tensors[place.tensor].bytes;
    }
    return sum;
}

WeightIndex index_weights(const fs::path& directory) {
    if (fs::is_regular_file(directory)) {
        return index_single(directory, directory);
    }
    for (const std::string stem : stems) {
        if (const fs::path single = directory / (stem + ".safetensors"); fs::exists(single)) {
            return index_single(directory, single);
        }
        if (const fs::path shards = directory / (stem + ".safetensors.index.json"); fs::exists(shards)) {
            return index_shards(directory, shards);
        }
    }
    throw Error(
        ErrorKind::user,
        quoted(directory) + " holds no weights (diffusion_pytorch_model.safetensors or model.safetensors).",
        "Only weights in the safetensors format are read."
    );
}

} // namespace rushes
