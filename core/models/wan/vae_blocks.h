// The layers of AutoencoderKLWan (diffusers 0.42, models/autoencoders/autoencoder_kl_wan.py), named as there
// without "Wan". Features are [frames, height, width, channels], contiguous; keys are the checkpoint's own.
// Layers are const: what a clip leaves behind is in its ClipMemory.
#pragma once

#include "nn/channel_norm.h"
#include "nn/convolution.h"
#include "nn/layers.h"
#include "nn/weights/weight_store.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

namespace rushes::wan {

/// Told the name of a stage and what came out of it.
using Trace = std::function<void(const std::string& stage, const at::Tensor& features)>;

/// The piece of a clip that passes through the layers: one latent frame, or the frames that make one.
struct Piece {
    ClipMemory& memory;
    bool first = false;        ///< the clip's first: one video frame
    std::stop_token stop = {}; ///< layers throw Stopped before each work unit
    const Trace* trace = nullptr;
    const std::function<void(double work)>* spent = nullptr; ///< told each convolution's multiply-adds
    bool sparing =
        false; ///< the finer levels take one frame at a time: about a third of the features' memory

    void spend(double work) const;
    void report(const std::string& stage, const at::Tensor& features) const;
};

/// A 1x1(x1) convolution: the same linear map at every pixel. weight_dims is 4 for a Conv2d and 5 for a
/// Conv3d.
Linear pointwise(const Weights& weights, std::int64_t in, std::int64_t out, std::size_t weight_dims = 5);

/// 3x3x3, causal in time.
CausalConv3d causal_conv(const Weights& weights, std::int64_t in, std::int64_t out);

/// silu(norm(x)) into a causal convolution: how every residual block and the last layer work.
struct NormedConv {
    ChannelNorm norm;
    CausalConv3d conv;

    double work() const { return conv.work(); } ///< multiply-adds of a position

    at::Tensor forward(const at::Tensor& x, const Piece& piece) const;

    /// Of x + bias (undefined: of x), and without the convolution's own bias: for a card with our kernels.
    at::Tensor forward_unbiased(const at::Tensor& x, const at::Tensor& bias, const Piece& piece) const;
};

NormedConv normed_conv(const Weights& norm, const Weights& conv, std::int64_t in, std::int64_t out);

class ResidualBlock {
public:
    ResidualBlock(const Weights& weights, std::int64_t in, std::int64_t out);
    at::Tensor forward(const at::Tensor& x, const Piece& piece) const;

    double work() const { return first_.work() + second_.work(); } ///< that it tells of, of a position

private:
    at::Tensor forward_on_card(const at::Tensor& x, const Piece& piece) const;

    NormedConv first_;
    NormedConv second_;
    std::optional<Linear> shortcut_;
};

/// Self-attention over the pixels of each frame, one head.
class AttentionBlock {
public:
    AttentionBlock(const Weights& weights, std::int64_t channels);
    at::Tensor forward(const at::Tensor& x, const Piece& piece) const;

private:
    ChannelNorm norm_;
    Linear to_qkv_;
    Linear proj_;
};

class MidBlock {
public:
    MidBlock(const Weights& weights, std::int64_t channels);
    at::Tensor forward(const at::Tensor& x, const Piece& piece) const;

    double work() const { return before_.work() + after_.work(); } ///< that it tells of, of a position

private:
    ResidualBlock before_;
    AttentionBlock attention_;
    ResidualBlock after_;
};

/// Twice the size by nearest neighbour and a 3x3 convolution; with `time` also two frames for each (none for
/// the clip's first latent frame, of which the time convolution sees nothing either).
class Upsample {
public:
    Upsample(const Weights& weights, std::int64_t in, std::int64_t out, bool time);
    at::Tensor forward(const at::Tensor& x, const Piece& piece) const;

    /// That it tells of, of a position of what comes out.
    double work() const { return conv_.work(); }

private:
    Convolution conv_;
    std::optional<CausalConv3d>
        time_conv_; ///< [T, h, w, in] -> [T, h, w, 2 * in]: the two frames side by side
};

/// Half the size by a 3x3 convolution of stride 2; with `time` also one frame for two (the clip's first frame
/// passes).
class Downsample {
public:
    Downsample(const Weights& weights, std::int64_t channels, bool time);
    at::Tensor forward(const at::Tensor& x, const Piece& piece) const;

    /// That it tells of, of a position of what comes in.
    double work() const { return conv_.work() / 4; }

private:
    Convolution conv_;
    std::optional<CausalConv3d> time_conv_;
};

/// Shortcut of a Wan 2.2 encoder level (AvgDown3D): factor_t x factor_s x factor_s neighbours are laid into
/// the channels, and groups of those averaged. An odd count of frames gets a zero frame in front.
at::Tensor average_down(const at::Tensor& x, std::int64_t out, std::int64_t factor_t, std::int64_t factor_s);

/// Shortcut of a Wan 2.2 decoder level (DupUp3D): x's channels are repeated, laid out over factor_t x 2 x 2
/// neighbours and added to y; the first piece of a clip lacks the first factor_t - 1 of those frames.
void add_duplicated(const at::Tensor& y, const at::Tensor& x, std::int64_t factor_t, const Piece& piece);

/// patch x patch pixels of [T, h, w, c] into the channels, column before row, and back.
at::Tensor patchify(const at::Tensor& x, std::int64_t patch);
at::Tensor unpatchify(const at::Tensor& x, std::int64_t patch);

} // namespace rushes::wan
