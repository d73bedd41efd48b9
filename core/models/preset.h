// The shapes of a published checkpoint without its numbers: a directory of random weights takes as long and
// as much memory as the real one. No libtorch.
#pragma once

#include "nn/weights/safetensors_writer.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <stop_token>
#include <string>
#include <vector>

namespace rushes {

struct ModelPreset {
    struct Component {
        std::string directory; ///< "transformer"
        std::string stem;      ///< of its files, "diffusion_pytorch_model"
        std::vector<TensorShape> tensors;
    };

    std::string name;                         ///< within the family, "t2v-1.3b"
    std::string description;                  ///< whose shapes these are
    std::map<std::string, std::string> files; ///< path -> text of the configs
    std::vector<Component> components;
    std::string lent_tokenizer =
        "tokenizer"; ///< the folder that gets the built-in model's, unless `files` fill it

    std::uint64_t bytes() const; ///< of the weights
};

/// Writes the directory with random weights, sharded as published ones are, and the built-in model's
/// tokenizer, unless the preset's files hold one. Throws Error{user} when it exists, Error{resource} without
/// room (before anything is written) or when writing fails; Stopped. Nothing is left behind then.
void write_random_model(
    const ModelPreset& preset,
    const std::filesystem::path& directory,
    const std::function<void(double share)>& progress,
    const std::stop_token& stop
);

} // namespace rushes
