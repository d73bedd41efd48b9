// Weight files of the published size that are all header: their numbers are a hole, which takes no disk.
#pragma once

#include "base/atomic_file.h"
#include "nn/weights/safetensors_writer.h"
#include "support/safetensors_bytes.h"

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace rushes::test {

inline std::filesystem::path
write_hollow(const std::filesystem::path& path, const std::vector<TensorShape>& tensors) {
    nlohmann::json header = nlohmann::json::object();
    std::uint64_t end = 0;
    for (const TensorShape& tensor : tensors) {
        header[tensor.name] = {
            {"dtype", std::string(dtype_name(tensor.dtype))},
            {"shape", tensor.shape},
            {"data_offsets", {end, end + tensor.bytes()}}
        };
        end += tensor.bytes();
    }
    const std::string bytes = safetensors_bytes(header.dump(), "");
    std::filesystem::create_directories(path.parent_path());
    write_file(path, bytes);
    std::filesystem::resize_file(path, bytes.size() + end);
    return path;
}

} // namespace rushes::test
