#include "parity/checkpoint_copy.h"

#include "base/atomic_file.h"
#include "nn/weights/safetensors.h"
#include "support/tensor_file.h"

#include <ATen/ATen.h>

namespace rushes {

CheckpointCopy::CheckpointCopy(const std::filesystem::path& directory, std::string file_name)
    : config(
          std::filesystem::exists(directory / "config.json")
              ? nlohmann::json::parse(read_file(directory / "config.json"))
              : nlohmann::json::object()
      ),
      weight_file(std::move(file_name)) {
    const SafetensorsFile file(directory / weight_file);
    for (const TensorEntry& entry : file.header().tensors) {
        weights[entry.name] = file.tensor(entry.name).to(at::kFloat).clone();
    }
}

void CheckpointCopy::write(const std::filesystem::path& directory) const {
    test::write_safetensors(directory / weight_file, weights);
    write_file(directory / "config.json", config.dump());
}

} // namespace rushes
