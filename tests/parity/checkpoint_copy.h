// A component directory changed on purpose: what a seeded mistake is made of.
#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include <ATen/core/Tensor.h>

namespace rushes {

/// config.json (where there is one) and the weights of a component, in memory, to be changed and written
/// elsewhere.
struct CheckpointCopy {
    nlohmann::json config;
    std::map<std::string, at::Tensor> weights; ///< fp32 copies

    explicit CheckpointCopy(
        const std::filesystem::path& directory,
        std::string weight_file = "diffusion_pytorch_model.safetensors"
    );

    /// Writes config.json and the weights, in a file of the same name.
    void write(const std::filesystem::path& directory) const;

    std::string weight_file;
};

} // namespace rushes
