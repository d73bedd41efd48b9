// Tensors into a safetensors file, for tests; independent of the program's own writer.
#pragma once

#include "base/atomic_file.h"
#include "support/safetensors_bytes.h"

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include <ATen/ATen.h>

namespace rushes::test {

using NamedTensors = std::map<std::string, at::Tensor>;

inline std::string dtype_text(at::ScalarType dtype) {
    static const std::map<at::ScalarType, std::string> names{
        {at::kDouble, "F64"},
        {at::kFloat, "F32"},
        {at::kHalf, "F16"},
        {at::kBFloat16, "BF16"},
        {at::kFloat8_e4m3fn, "F8_E4M3"},
        {at::kFloat8_e5m2, "F8_E5M2"},
        {at::kByte, "U8"},
        {at::kLong, "I64"},
    };
    return names.at(dtype);
}

inline void write_safetensors(const std::filesystem::path& path, const NamedTensors& tensors) {
    nlohmann::json header = nlohmann::json::object();
    std::string data;
    for (const auto& [name, tensor] : tensors) {
        const std::size_t begin = data.size();
        const at::Tensor dense = tensor.contiguous();
        data.append(static_cast<const char*>(dense.const_data_ptr()), dense.nbytes());
        header[name] = {
            {"dtype", dtype_text(dense.scalar_type())},
            {"shape", std::vector<std::int64_t>(dense.sizes().begin(), dense.sizes().end())},
            {"data_offsets", {begin, data.size()}},
        };
    }
    std::string text = header.dump();
    text.append((8 - text.size() % 8) % 8, ' ');
    write_file(path, safetensors_bytes(text, data));
}

} // namespace rushes::test
