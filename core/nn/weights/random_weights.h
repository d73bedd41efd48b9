// Numbers for weights that nobody trained, as quickly as a disk takes them; no libtorch.
#pragma once

#include "nn/weights/safetensors_writer.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <random>
#include <span>
#include <stop_token>
#include <vector>

namespace rushes {

/// Weights N(0, 1 / numbers of a row), gains around 1 and small biases, so that what a network of them
/// computes stays finite; no number is zero. From a table of a million normal numbers, read from places that
/// a generator chooses: the same seed gives the same bytes.
class RandomWeights {
public:
    explicit RandomWeights(std::uint64_t seed);

    /// Hands out the tensor's bytes part by part. F32, F16 and BF16. Throws Stopped.
    void make(
        const TensorShape& tensor,
        const std::function<void(std::span<const std::byte>)>& take,
        const std::stop_token& stop
    );

private:
    std::mt19937_64 random_;
    std::vector<float> normal_;
};

} // namespace rushes
