#include "nn/weights/weight_index.h"

#include "base/error.h"
#include "base/strict_json.h"
#include "nn/weights/gguf_header.h"
#include "nn/weights/safetensors_header.h"
#include "nn/weights/torch_file.h"

#include <array>
#include <fstream>
#include <nlohmann/json.hpp>
#include <utility>

namespace rushes {

namespace {

namespace fs = std::filesystem;

constexpr std::array stems{"diffusion_pytorch_model", "model"};

WeightFile open_file(const fs::path& path) {
    return {.path = path, .header = read_weight_header(path)};
}

WeightIndex index_single(const fs::path& source, const fs::path& path) {
    WeightIndex index{.source = source, .files = {open_file(path)}, .places = {}};
    const auto& tensors = index.files.front().header.tensors;
    for (std::size_t i = 0; i < tensors.size(); ++i) {
        index.places.emplace(tensors[i].name, WeightPlace{.file = 0, .tensor = i});
    }
    return index;
}

/// The rows of a tensor that one of ours is.
TensorEntry piece_of(const TensorEntry& whole, const OwnPiece& piece, const fs::path& source) {
    TensorEntry entry = whole;
    if (whole.bytes == dtype_bytes(whole.dtype)) { // one number: a scale of all rows
        return entry;
    }
    if (piece.transposed) {
        if (whole.shape.size() != 2 || !whole.strides.empty() || is_block_format(whole.dtype)) {
            throw Error(
                ErrorKind::user, quoted(source) + " holds '" + whole.name + "' in a form that cannot be used."
            );
        }
        entry.shape = {whole.shape[1], whole.shape[0]};
        entry.strides = {1, whole.shape[1]};
        return entry;
    }
    if (whole.shape.empty() || whole.shape.front() % piece.shares != 0 || !whole.strides.empty()) {
        throw Error(
            ErrorKind::user,
            quoted(source) + " holds '" + whole.name + "', which does not come in " +
                std::to_string(piece.shares) + " equal parts."
        );
    }
    const auto shares = static_cast<std::uint64_t>(piece.shares);
    entry.shape.front() = whole.shape.front() / piece.shares * piece.share;
    entry.bytes = whole.bytes / shares * static_cast<std::uint64_t>(piece.share);
    entry.offset = whole.offset + whole.bytes / shares * static_cast<std::uint64_t>(piece.begin);
    return entry;
}

/// Where a piece of a tensor is: what is no tensor of the file becomes one of its header.
WeightPlace place_of(WeightIndex& index, const WeightPlace& whole, const OwnPiece& piece) {
    if (piece.shares == 1 && !piece.transposed) {
        return whole;
    }
    TensorEntry entry = piece_of(index.entry(whole), piece, index.source);
    std::vector<TensorEntry>& tensors = index.files[whole.file].header.tensors;
    tensors.push_back(std::move(entry));
    return {.file = whole.file, .tensor = tensors.size() - 1};
}

/// The same tensors under their own names.
void translate(WeightIndex& index, const WeightNames& names) {
    std::vector<std::string> foreign;
    for (const auto& [name, place] : index.places) {
        foreign.push_back(name);
    }
    const std::vector<std::vector<OwnPiece>> own = own_pieces(foreign, names);
    std::map<std::string, WeightPlace> places;
    for (std::size_t i = 0; i < own.size(); ++i) {
        for (const OwnPiece& piece : own[i]) {
            const WeightPlace place = place_of(index, index.places.at(foreign[i]), piece);
            if (!places.emplace(piece.name, place).second) {
                throw Error(
                    ErrorKind::user,
                    quoted(index.source) + " holds the tensor '" + piece.name + "' under two names."
                );
            }
        }
    }
    index.places = std::move(places);
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
    WeightIndex index{.source = directory, .files = {}, .places = {}};
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

bool is_block_layer(std::string_view key, std::span<const std::int64_t> shape) {
    return shape.size() == 2 && key.find("block") != std::string_view::npos && key.ends_with(".weight");
}

std::uint64_t WeightIndex::bytes() const {
    std::uint64_t sum = 0;
    for (const auto& [name, place] : places) {
        sum += entry(place).bytes;
    }
    return sum;
}

WeightHeader read_weight_header(const fs::path& path) {
    if (std::error_code error; !fs::is_regular_file(path, error)) { // a pipe would be waited for
        throw Error(
            ErrorKind::user, quoted(path) + (fs::exists(path, error) ? " is not a file." : " cannot be read.")
        );
    }
    constexpr std::size_t longest = 4;
    std::array<char, longest> start{};
    std::ifstream(path, std::ios::binary).read(start.data(), longest);
    const std::string_view magic(start.data(), longest);
    if (magic == "GGUF") {
        return read_gguf_header(path);
    }
    if (magic == "PK\x03\x04") {
        return read_torch_file(path);
    }
    if (magic == "\x80\x02\x8A\x0A") {
        throw Error(
            ErrorKind::user,
            quoted(path) + " is a pickle of a PyTorch before version 1.6, which is not supported.",
            "Load it with a current PyTorch and save it again, best as safetensors."
        );
    }
    return read_safetensors_header(path);
}

WeightIndex index_weights(const fs::path& path, const WeightNames& names) {
    const auto translated = [&](WeightIndex index) {
        translate(index, names);
        return index;
    };
    if (!fs::is_directory(path)) {
        return translated(index_single(path, path));
    }
    for (const std::string stem : stems) {
        if (const fs::path single = path / (stem + ".safetensors"); fs::exists(single)) {
            return translated(index_single(path, single));
        }
        if (const fs::path shards = path / (stem + ".safetensors.index.json"); fs::exists(shards)) {
            return translated(index_shards(path, shards));
        }
    }
    throw Error(
        ErrorKind::user,
        quoted(path) + " holds no weights (diffusion_pytorch_model.safetensors or model.safetensors).",
        "A single file of weights is read when it is named itself."
    );
}

} // namespace rushes
