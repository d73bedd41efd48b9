// Weight files of any layout that is read, as safetensors; no libtorch.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>

namespace rushes {

/// What it will be, before anything is written.
struct Conversion {
    std::size_t tensors = 0;
    std::uint64_t bytes = 0;
};

/// Reads the header of `source`, a file or a component's directory.
Conversion describe_conversion(const std::filesystem::path& source);

/// Writes the tensors of `source` under their names and in their types to `target`: one file when its name
/// ends in .safetensors, else a directory with shards and their index. Throws Error{user}: an unsound source,
/// numbers that are not finite (it names the tensor), a target that exists, a type that safetensors lacks;
/// Error{resource}: no room, nothing is left behind; Stopped.
void convert_weights(
    const std::filesystem::path& source,
    const std::filesystem::path& target,
    const std::function<void(double share)>& progress,
    const std::stop_token& stop
);

} // namespace rushes
