// The tiny Wan pipelines of tests/parity/fixtures/wan (make_wan_fixtures.py).
#pragma once

#include "base/error.h"
#include "base/json_config.h"
#include "models/pipeline.h"
#include "models/registry.h"
#include "models/wan/denoising.h"
#include "support/parity.h"
#include "support/scratch_folder.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <ATen/ATen.h>

namespace rushes::test {

/// A trace and the settings in its metadata.
struct WanTrace {
    explicit WanTrace(const std::string& name)
        : file(fixture_path("wan/" + name + ".safetensors")),
          settings(JsonConfig::parse(file.header().metadata.at("settings"), name)) {}

    at::Tensor operator[](const std::string& tensor) const { return file.tensor(tensor); }

    SafetensorsFile file;
    JsonConfig settings;
};

inline std::filesystem::path wan_directory(const std::string& name) {
    return fixture_path("wan/" + name);
}

inline wan::TransformerConfig transformer_config(const std::filesystem::path& directory) {
    return wan::read_transformer_config(JsonConfig::read(directory / "config.json", "config.json"));
}

inline wan::Transformer load_transformer(
    const std::filesystem::path& directory,
    at::ScalarType dtype = at::kFloat,
    const std::string& device = "cpu"
) {
    const WeightStore store(directory, {.device = at::Device(device), .dtype = dtype});
    return {transformer_config(directory), store.root()};
}

/// One forward over the whole clip, as the trace's: text of 7 tokens behind which the reference put zeros.
inline at::Tensor forward_once(
    const wan::Transformer& transformer,
    const at::Tensor& latents,
    const at::Tensor& timesteps,
    const wan::TextContext& text
) {
    wan::FullAttention attention =
        transformer.full_attention({latents.size(2), latents.size(3), latents.size(4)});
    return transformer.forward(latents, transformer.time_context(timesteps), text, attention, {});
}

} // namespace rushes::test
