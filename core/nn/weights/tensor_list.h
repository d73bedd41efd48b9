// Writes down which tensors a component has. No libtorch.
#pragma once

#include "nn/weights/safetensors_writer.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace rushes {

class TensorList {
public:
    using Shape = std::vector<std::int64_t>;

    explicit TensorList(TensorDtype dtype) : dtype_(dtype) {}

    void add(const std::string& name, Shape shape) { tensors_.push_back({name, dtype_, std::move(shape)}); }

    /// A weight, and a bias of its first dimension.
    void layer(const std::string& name, const Shape& weight) {
        add(name + ".weight", weight);
        add(name + ".bias", {weight.front()});
    }

    std::vector<TensorShape> take() { return std::move(tensors_); }

private:
    TensorDtype dtype_;
    std::vector<TensorShape> tensors_;
};

} // namespace rushes
