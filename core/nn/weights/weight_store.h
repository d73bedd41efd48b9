// The weights of one component (transformer/, vae/, text_encoder/) by name. Code that reads them looks like
// the checkpoint's keys: weights["blocks"][3]["attn1"]["to_q"].tensor("weight", {out, in}).
#pragma once

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
};

class WeightState;

/// A name prefix within a component, cheap to copy. One thread at a time for all scopes of a store.
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

    /// On the target device in the target type, read from the disk; a read-only view of the mapped file where
    /// nothing had to be converted. The shape is what the config demands. Throws Error{user} with key, wanted
    /// and found; Stopped, also between the parts of a large tensor.
    at::Tensor tensor(std::string_view name, at::IntArrayRef shape) const;

    /// As the file holds it, on the CPU, and not read before it is used: for a table of which a run needs a
    /// few rows. Throws as tensor() does.
    at::Tensor table(std::string_view name, at::IntArrayRef shape) const;

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
    /// Opens a component directory (see index_weights). Throws Error{user}.
    explicit WeightStore(const std::filesystem::path& directory, WeightOptions options = {});

    Weights root() const;

    std::vector<std::string> unused() const; ///< keys that nobody asked for so far

    /// Call when the model is built. Throws Error{user} that names keys nobody asked for: a checkpoint with
    /// more in it is another architecture. A key is let pass when `allowed` holds one of the names between
    /// its dots
    /// ("norm_added_q"), or all of it.
    void expect_all_used(std::span<const std::string_view> allowed = {}) const;

private:
    std::shared_ptr<WeightState> state_;
};

} // namespace rushes
