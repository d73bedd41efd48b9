#include "parity/checkpoint_copy.h"

#include "base/atomic_file.h"
#include "nn/weights/safetensors.h"

#include <cstdint>
#include <cstring>
#include <string_view>

#include <ATen/ATen.h>

namespace rushes {
namespace {

constexpr const char* weight_file = "diffusion_pytorch_model.safetensors";

std::string_view bytes_of(const at::Tensor& tensor) {
    return {static_cast<const char*>(tensor.const_data_ptr()), tensor.nbytes()};
}

} // namespace

CheckpointCopy::CheckpointCopy(const std::filesystem::path& directory)
    : config(
          std::filesystem::exists(directory / "config.json")
              ? nlohmann::json::parse(read_file(directory / "config.json"))
              : nlohmann::json::object()
      ) {
    const SafetensorsFile file(directory / weight_file);
    for (const TensorEntry& entry : file.header().tensors) {
        weights[entry.name] = file.tensor(entry.name).to(at::kFloat).clone();
    }
}

void CheckpointCopy::write(const std::filesystem::path& directory) const {
    nlohmann::json header;
    std::string data;
    for (const auto& [name, tensor] : weights) {
        const std::size_t begin = data.size();
        data += bytes_of(tensor.contiguous());
        header[name] = {
            {"dtype", "F32"},
            {"shape", std::vector<std::int64_t>(tensor.sizes().begin(), tensor.sizes().end())},
            {"data_offsets", {begin, data.size()}},
        };
    }
    std::string text = header.dump();
    text.append((8 - text.size() % 8) % 8, ' ');
    std::string length(8, '\0');
    const std::uint64_t size = text.size();
    std::memcpy(length.data(), &size, sizeof(size)); // little-endian, as the machines that we build for are
    write_file(directory / weight_file, length + text + data);
    write_file(directory / "config.json", config.dump());
}

} // namespace rushes
