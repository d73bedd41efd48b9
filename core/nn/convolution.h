// Convolutions over video that arrives piece by piece. Features are [frames, height, width, channels],
// contiguous: that is ATen's channels-last, batch 1, so that norms, 1x1 convolutions and attention need no
// change of format.
//
// On the CPU a convolution in fp32, and in bf16 where the processor multiplies such numbers, runs as oneDNN's
// channels-last one with weights rearranged once: measured 97 GFLOP/s a core (fp32, AVX2) where at::conv3d
// reaches 7 and the tap-by-tap 2-d form 90 plus the copies it needs. 3x3 ones in fp32 take fewer
// multiplications still (winograd.h). Everywhere else (CUDA, fp64, a libtorch without oneDNN) it is
// at::conv3d, which is also the twin that tests compare with.
//
// On CUDA fp32 convolutions run in cuDNN's TF32 (10 bits of mantissa), which is libtorch's default and fast;
// a comparison with a reference switches it off by at::globalContext().setAllowTF32CuDNN(false).
#pragma once

#include "nn/weights/weight_store.h"

#include <cstdint>
#include <memory>
#include <stop_token>
#include <unordered_map>
#include <vector>

#include <ATen/core/Tensor.h>

namespace rushes {

enum class Backend {
    fastest,
    reference, ///< at::conv3d wherever it runs
};

/// Kernel, stride and padding in the order time, height, width.
struct ConvShape {
    std::int64_t in = 0;
    std::int64_t out = 0;
    std::int64_t kernel_t = 1;
    std::int64_t kernel = 1; ///< height and width
    std::int64_t stride_t = 1;
    std::int64_t stride = 1;
    std::int64_t padding = 0; ///< height and width; time is never padded here

    std::int64_t weights() const { return in * out * kernel_t * kernel * kernel; }
};

/// Who adds the bias: an addition of its own costs a pass over all features and, in bf16, a rounding.
enum class BiasIn { convolution, next_layer };

class PackedWeights;

/// torch.nn.Conv3d without padding in time, and torch.nn.Conv2d on every frame (kernel_t = 1).
class Convolution {
public:
    /// weight: [out, in, kernel_t, kernel, kernel] or, when kernel_t is 1, [out, in, kernel, kernel]. bias:
    /// [out].
    Convolution(
        const ConvShape& shape, const at::Tensor& weight, at::Tensor bias, Backend backend = Backend::fastest
    );

    /// x [T, h, w, in] -> [(T - kernel_t) / stride_t + 1, h', w', out]. A large one is computed in bands of
    /// rows, one work unit each; throws Stopped before each.
    at::Tensor forward(
        const at::Tensor& x, const std::stop_token& stop = {}, BiasIn bias_in = BiasIn::convolution
    ) const;

    const at::Tensor& bias() const { return bias_; } ///< [out]

    const ConvShape& shape() const { return shape_; }

    /// Multiply-adds for one number of the output's height, width and time.
    double work() const { return static_cast<double>(shape_.weights()); }

private:
    at::Tensor convolve(const at::Tensor& x, std::int64_t row_padding, BiasIn bias_in) const;
    at::Tensor band(const at::Tensor& x, std::int64_t first, std::int64_t rows) const;

    ConvShape shape_;
    at::Tensor bias_;
    at::Tensor weight_;                     ///< [out, in, kernel_t, kernel, kernel], where at::conv3d runs
    std::shared_ptr<PackedWeights> packed_; ///< where oneDNN does
    bool winograd_ = false;                 ///< or winograd.h, for pictures that are large enough
};

class CausalConv3d;

/// What one clip leaves behind in the causal convolutions of a network: the last frames each of them has
/// seen. Its size does not depend on how many frames have passed. Layers are const and shared; every clip has
/// its own memory.
class ClipMemory {
public:
    /// Undefined before the first frames of the clip.
    at::Tensor& past(const void* layer) { return past_[layer]; }

    std::int64_t bytes() const;

    /// All that is remembered, in no order.
    std::vector<at::Tensor> all() const;

private:
    std::unordered_map<const void*, at::Tensor> past_;
};

/// Room for the new frames of a causal convolution's input behind the past ones, so that the layer before can
/// write in place. `all` is [kept + T, h, w, in], `fresh` its last T frames, to be filled.
struct CausalInput {
    at::Tensor all;
    at::Tensor fresh;
};

/// A convolution whose frame t sees no frame after t: kernel_t - stride_t past frames stand before the new
/// ones, zeros at the clip's start (WanCausalConv3d of diffusers with its feature cache). Frames may come in
/// pieces of any length that stride_t divides; the result is the same.
class CausalConv3d {
public:
    CausalConv3d(
        const ConvShape& shape,
        const at::Tensor& weight,
        const at::Tensor& bias,
        Backend backend = Backend::fastest
    );

    /// Reads "weight" and "bias" of the scope.
    CausalConv3d(const Weights& weights, const ConvShape& shape);

    CausalInput input(
        ClipMemory& memory,
        std::int64_t frames,
        std::int64_t height,
        std::int64_t width,
        const std::stop_token& stop = {}
    ) const;

    /// Convolves a filled input and keeps its tail. Returns [T / stride_t, h', w', out].
    at::Tensor forward(
        const CausalInput& input,
        ClipMemory& memory,
        const std::stop_token& stop = {},
        BiasIn bias_in = BiasIn::convolution
    ) const;

    const at::Tensor& bias() const { return convolution_.bias(); }

    /// The same for frames [T, h, w, in] that lie elsewhere.
    at::Tensor forward(const at::Tensor& frames, ClipMemory& memory, const std::stop_token& stop = {}) const;

    double work() const { return convolution_.work(); } ///< as of Convolution

    /// Lets frames pass for which the layer does nothing but remember them as its past.
    void remember(const at::Tensor& frames, ClipMemory& memory, const std::stop_token& stop = {}) const;

private:
    CausalInput filled(const at::Tensor& frames, ClipMemory& memory, const std::stop_token& stop) const;
    void keep_tail(const CausalInput& input, ClipMemory& memory, const std::stop_token& stop) const;

    std::int64_t kept_; ///< past frames that the next call needs
    Convolution convolution_;
    at::TensorOptions options_;
};

} // namespace rushes
