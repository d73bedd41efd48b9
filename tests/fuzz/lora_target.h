// LoRA files of any bytes for a component of two layers: apart from targets.h, for it takes libtorch.
#pragma once

#include "base/atomic_file.h"
#include "base/error.h"
#include "nn/weights/lora.h"

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <unistd.h>

#include <ATen/ops/matmul.h>

namespace rushes::fuzz {

/// blocks.0.attn1.to_q with a bias and blocks.0.ffn.net.2, 4 x 4 and 4 x 8.
inline WeightIndex small_component() {
    WeightIndex index;
    index.files.push_back({.path = "component.safetensors", .header = {}});
    const auto add = [&](const std::string& name, std::vector<std::int64_t> shape) {
        auto& tensors = index.files.front().header.tensors;
        index.places[name] = {.file = 0, .tensor = tensors.size()};
        tensors.push_back(
            {.name = name, .dtype = TensorDtype::f32, .shape = std::move(shape), .offset = 0, .bytes = 0}
        );
    };
    add("blocks.0.attn1.to_q.weight", {4, 4});
    add("blocks.0.attn1.to_q.bias", {4});
    add("blocks.0.ffn.net.2.weight", {4, 8});
    return index;
}

/// What is taken fits the component's tensors, and changes them by finite numbers.
inline void lora(std::string_view bytes) {
    static const WeightIndex component = small_component();
    static const std::filesystem::path file = std::filesystem::temp_directory_path() /
                                              ("rushes-fuzz-" + std::to_string(::getpid()) + ".safetensors");
    write_file(file, bytes);
    const LoraWeights lora(file, component, {});
    for (const auto& [name, place] : component.places) {
        const WeightDelta* const delta = lora.find(name);
        if (delta == nullptr) {
            continue;
        }
        const at::Tensor change = delta->full.defined()
                                      ? delta->full
                                      : at::matmul(delta->up.to(at::kFloat), delta->down.to(at::kFloat));
        const bool fits = change.sizes() == at::IntArrayRef(component.entry(place).shape);
        if (!fits || !std::isfinite(delta->strength)) {
            std::abort();
        }
    }
}

} // namespace rushes::fuzz
