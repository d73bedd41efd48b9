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

    explicit CheckpointCopy(const std::filesystem::path& directory);

    /// Writes config.json and diffusion_pytorch_model.safetensors.
    void write(const std::filesystem::path& directory) const;
};

} // namespace rushes
