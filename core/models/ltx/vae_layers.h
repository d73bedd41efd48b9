// The layers of the LTX-Video autoencoder (diffusers 0.42, models/autoencoders/autoencoder_kl_ltx.py) over
// clips that arrive piece by piece. Features are [frames, height, width, channels], contiguous.
#pragma once

#include "models/ltx/vae_config.h"
#include "nn/convolution.h"
#include "nn/layers.h"
#include "nn/weights/weight_store.h"

#include <cstdint>
#include <memory>
#include <stop_token>
#include <unordered_map>
#include <utility>
#include <vector>

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

namespace rushes::ltx {

// Note [looking ahead]
// The decoder is not causal: each of its convolutions sees a frame before and a frame behind, and at the ends
// of the clip the first and last frame once more. The reference takes the whole clip at once, or decodes
// overlapping windows and blends them, which takes three times the work and gives other numbers. Here each
// layer takes what there is of the clip and gives what it can: a frame comes out once the one behind it came
// in, and finish() gives the last. The frames are those of the whole clip, with the work of it, and in memory
// that does not grow with it.

/// What one clip leaves behind in each layer.
class StreamMemory {
public:
    struct Slot {
        at::Tensor frames; ///< that the layer needs again
        at::Tensor noise;  ///< of the clip, [height, width, 1]
        bool begun = false;
    };

    Slot& of(const void* layer) { return slots_[layer]; }

private:
    std::unordered_map<const void*, Slot> slots_;
};

/// A clip on its way through a network.
struct Stream {
    StreamMemory memory = {};
    at::Generator noise = {}; ///< of the layers that add some; on the CPU
    std::stop_token stop = {};
};

/// Undefined tensors are no frames.
at::Tensor joined(const at::Tensor& before, const at::Tensor& after);

class Layer {
public:
    virtual ~Layer() = default;

    /// The frames that are ready once these came in; undefined: none.
    virtual at::Tensor feed(const at::Tensor& x, Stream& stream) const = 0;

    /// The frames that waited for others; undefined: none.
    virtual at::Tensor finish(Stream& stream) const = 0;
};

/// Layers one after the other.
class Chain final : public Layer {
public:
    template <typename Kind, typename... Arguments>
    void add(Arguments&&... arguments) {
        layers_.push_back(std::make_unique<Kind>(std::forward<Arguments>(arguments)...));
    }

    at::Tensor feed(const at::Tensor& x, Stream& stream) const override;
    at::Tensor finish(Stream& stream) const override;

private:
    std::vector<std::unique_ptr<Layer>> layers_;
};

/// LTXVideoCausalConv3d: past frames, or frames on both sides, are the first and last once more. Strides in
/// time are for causal ones.
class TimeConv final : public Layer {
public:
    /// `weights`: the scope that holds "conv".
    TimeConv(const Weights& weights, const ConvShape& shape, bool causal);

    at::Tensor feed(const at::Tensor& x, Stream& stream) const override;
    at::Tensor finish(Stream& stream) const override;

private:
    at::Tensor forward(const at::Tensor& all, Stream& stream) const;

    std::int64_t ahead_; ///< frames behind the one at hand that it sees
    Convolution convolution_;
};

/// 3x3x3, as nearly all of them are.
ConvShape cube(std::int64_t in, std::int64_t out);

/// silu(norm(x)), or silu(norm(x) * scale + shift): norm(x) is x / sqrt(mean(x^2) + 1e-8) over the channels.
struct NormedActivation {
    at::Tensor scale = {}; ///< [channels], with its 1; undefined: no timestep
    at::Tensor shift = {};

    at::Tensor forward(const at::Tensor& x) const;
};

/// What a residual block is like beside its channels.
struct ResnetOptions {
    bool causal = false;
    double eps = 1e-6;
    bool inject_noise = false;
    at::Tensor timestep = {}; ///< of the level, [4 * in]; undefined: none
};

/// LTXVideoResnetBlock3d.
class Resnet final : public Layer {
public:
    Resnet(const Weights& weights, std::int64_t in, std::int64_t out, const ResnetOptions& options);

    at::Tensor feed(const at::Tensor& x, Stream& stream) const override;
    at::Tensor finish(Stream& stream) const override;

private:
    at::Tensor second(const at::Tensor& y, Stream& stream) const;
    at::Tensor with_noise(const at::Tensor& y, const at::Tensor& scale, Stream& stream) const;
    at::Tensor with_shortcut(const at::Tensor& y, Stream& stream) const;

    NormedActivation norm1_;
    TimeConv conv1_;
    NormedActivation norm2_;
    TimeConv conv2_;
    LayerNorm norm3_;   ///< where the channels change
    Linear shortcut_;   ///< the same
    at::Tensor noise1_; ///< [in]: how much noise behind the first convolution; undefined: none
    at::Tensor noise2_;
};

/// LTXVideoUpsampler3d: twice as high, wide and long, but for the clip's first frame.
class Upsample final : public Layer {
public:
    Upsample(
        const Weights& weights, std::int64_t channels, std::int64_t narrowing, bool residual, bool causal
    );

    at::Tensor feed(const at::Tensor& x, Stream& stream) const override;
    at::Tensor finish(Stream& stream) const override;

private:
    at::Tensor doubled(const at::Tensor& y, Stream& stream) const;

    TimeConv conv_;
    std::int64_t repeats_; ///< of the shortcut's channels; 0: there is none
};

/// LTXVideoDownsampler3d: time, height and width, or some of them, into channels. Of frames that time is
/// halved for, an odd one at the clip's begin and then even numbers come in.
class Downsample final : public Layer {
public:
    Downsample(const Weights& weights, std::int64_t in, std::int64_t out, Halving halving);

    at::Tensor feed(const at::Tensor& x, Stream& stream) const override;

    at::Tensor finish(Stream& /*stream*/) const override { return {}; } // it is causal

private:
    at::Tensor gathered(const at::Tensor& x) const;

    std::int64_t time_;  ///< frames that become one
    std::int64_t space_; ///< rows, and columns
    std::int64_t group_; ///< of the shortcut's channels that become one
    TimeConv conv_;
};

} // namespace rushes::ltx
