// Writes a safetensors file piece by piece (layout: safetensors_header.h), however large; no libtorch.
#pragma once

#include "nn/weights/tensor_entry.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace rushes {

/// What a file is to hold, in this order.
struct TensorShape {
    std::string name;
    TensorDtype dtype = TensorDtype::f32;
    std::vector<std::int64_t> shape;

    std::uint64_t bytes() const { return tensor_bytes(dtype, shape).value_or(0); }
};

/// The file stands beside its target until finish() renames it; without finish() it is removed.
class SafetensorsWriter {
public:
    /// Throws Error{user} when the target exists (nothing is overwritten) or a type is not one of the format;
    /// Error{resource} when the file cannot be written.
    SafetensorsWriter(
        const std::filesystem::path& target,
        const std::vector<TensorShape>& tensors,
        const std::map<std::string, std::string>& metadata = {}
    );
    ~SafetensorsWriter();

    SafetensorsWriter(const SafetensorsWriter&) = delete;
    SafetensorsWriter& operator=(const SafetensorsWriter&) = delete;

    /// The next bytes of the tensors' data, one tensor behind the other. Throws Error{resource}.
    void write(std::span<const std::byte> bytes);

    /// All bytes are there. Throws Error{resource}; Error{bug} when some are missing.
    void finish();

private:
    void check();

    std::filesystem::path target_;
    std::filesystem::path part_;
    std::ofstream file_;
    std::uint64_t missing_ = 0;
    bool finished_ = false;
};

/// A directory of shards and their index as diffusers and transformers lay them out, or one file where all
/// fit.
struct ShardPlan {
    struct Shard {
        std::string file; ///< name within the directory
        std::vector<TensorShape> tensors;
    };

    std::vector<Shard> shards;
    std::string index; ///< the text of STEM.safetensors.index.json; empty: one shard
};

/// Tensors in their order, a new shard where one would become larger than `shard_bytes`.
ShardPlan
plan_shards(const std::vector<TensorShape>& tensors, const std::string& stem, std::uint64_t shard_bytes);

} // namespace rushes
