// The weights of one component (transformer/, vae/, text_encoder/) by name. Code that reads them looks like
// the checkpoint's keys: weights["blocks"][3]["attn1"]["to_q"].tensor("weight", {out, in}).
#pragma once

#include "nn/weights/lora.h"
#include "nn/weights/stored_weight.h"
#include "nn/weights/weight_index.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include <ATen/core/Tensor.h>

namespace rushes {

struct WeightOptions {
    at::Device device = at::kCPU;
    at::ScalarType dtype = at::kFloat; ///< floating point tensors are converted to it; others stay as stored
    std::function<void(double fraction)> progress = {
    }; ///< 0..1 of the component's bytes, called as tensors are read
    std::stop_token stop = {}; ///< reading throws Stopped
    WeightNames names = {};    ///< of the component in the files of others
    bool fp8_layers = false;   ///< weight() rounds is_block_layer()s to eight bits, with a scale for each row
};

class WeightState;

/// A name prefix within a component, cheap to copy. One thread at a time for all scopes of a store. What was
/// built from a scope can be built from it again: after use_loras() for other LoRAs, or because its memory
/// was needed.
class Weights {
public:
    Weights operator[](std::string_view name) const;
    Weights operator[](std::int64_t number) const;

    /// The same scope with another target type, for the modules that a family keeps in fp32.
    Weights as(at::ScalarType dtype) const;

    at::ScalarType dtype() const { return dtype_; }

    at::Device device() const;

    const std::string& prefix() const { return prefix_; } ///< "blocks.3.attn1", empty at the root

    bool has(std::string_view name) const;

    /// Dense, on the target device in the target type, with the LoRAs in use, read from the disk; a read-only
    /// view of the mapped file where nothing had to be converted. The shape is what the config demands.
    /// Throws Error{user} with key, wanted and found, or for numbers that are not finite; Stopped, also
    /// between the parts of a large tensor.
    at::Tensor tensor(std::string_view name, at::IntArrayRef shape) const;

    /// The same, but what the file holds in eight bits or fewer stays so on the device.
    StoredWeight weight(std::string_view name, at::IntArrayRef shape) const;

    /// As the file holds it, on the CPU, and not read before it is used: for a table of which a run needs a
    /// few rows. Throws as tensor() does.
    StoredWeight table(std::string_view name, at::IntArrayRef shape) const;

private:
    friend class WeightStore;
    Weights(std::shared_ptr<WeightState> state, std::string prefix, at::ScalarType dtype);
    std::string key(std::string_view name) const;

    std::shared_ptr<WeightState> state_;
    std::string prefix_;
    at::ScalarType dtype_;
};

class WeightStore {
public:
    /// Opens a component's directory or file (see index_weights). Throws Error{user}.
    explicit WeightStore(const std::filesystem::path& source, WeightOptions options = {});

    Weights root() const;

    /// What is read from now on has these LoRAs in it, and no others: none gives the bits of the file again.
    /// Throws Error{user} (see LoraWeights; also for a strength that is no number) and changes nothing then.
    void use_loras(std::span<const LoraUse> loras) const;

    /// The component is about to be read once more: who is told of it, and who may stop it, from now on.
    void read_again(std::function<void(double fraction)> progress, std::stop_token stop) const;

    std::vector<std::string> unused() const; ///< keys that nobody asked for so far

    /// Call when the model is built: progress and stop token of the options are let go. Throws Error{user}
    /// that names keys nobody asked for: a checkpoint with more in it is another architecture. A key is let
    /// pass when `allowed` holds one of the names between its dots
    /// ("norm_added_q"), or all of it.
    void expect_all_used(std::span<const std::string_view> allowed = {}) const;

private:
    std::shared_ptr<WeightState> state_;
};

} // namespace rushes
