#include "models/ltx/vae_layers.h"

#include "base/error.h"

#include <optional>
#include <utility>

#include <ATen/ATen.h>

namespace rushes::ltx {

namespace {

constexpr double norm_eps = 1e-8;

/// [n, h, w, c * 8] -> [2n, 2h, 2w, c]; a place's numbers in the order channel, time, row, column.
at::Tensor spread(const at::Tensor& x) {
    return x.unflatten(3, {-1, 2, 2, 2})
        .permute({0, 4, 1, 5, 2, 6, 3})
        .reshape({2 * x.size(0), 2 * x.size(1), 2 * x.size(2), x.size(3) / 8});
}

Convolution convolution_of(const Weights& weights, const ConvShape& shape) {
    return {
        shape,
        weights.tensor("weight", {shape.out, shape.in, shape.kernel_t, shape.kernel, shape.kernel}),
        weights.tensor("bias", {shape.out})
    };
}

/// The first `count` frames of those that wait, which go.
at::Tensor taken(at::Tensor& waiting, std::int64_t count) {
    const at::Tensor result = waiting.narrow(0, 0, count);
    waiting = waiting.narrow(0, count, waiting.size(0) - count).clone();
    return result;
}

} // namespace

at::Tensor joined(const at::Tensor& before, const at::Tensor& after) {
    if (!before.defined()) {
        return after;
    }
    return after.defined() ? at::cat({before, after}) : before;
}

at::Tensor Chain::feed(const at::Tensor& x, Stream& stream) const {
    at::Tensor y = x;
    for (const auto& layer : layers_) {
        if (!y.defined()) {
            break;
        }
        y = layer->feed(y, stream);
    }
    return y;
}

at::Tensor Chain::finish(Stream& stream) const {
    at::Tensor y;
    for (const auto& layer : layers_) {
        const at::Tensor fed = y.defined() ? layer->feed(y, stream) : at::Tensor();
        y = joined(fed, layer->finish(stream));
    }
    return y;
}

ConvShape cube(std::int64_t in, std::int64_t out) {
    return {.in = in, .out = out, .kernel_t = 3, .kernel = 3, .padding = 1};
}

TimeConv::TimeConv(const Weights& weights, const ConvShape& shape, bool causal)
    : ahead_(causal ? 0 : (shape.kernel_t - 1) / 2), convolution_(convolution_of(weights["conv"], shape)) {}

/// Gives what these frames suffice for, and keeps those that are needed again.
at::Tensor TimeConv::forward(const at::Tensor& all, Stream& stream) const {
    const ConvShape& shape = convolution_.shape();
    const std::int64_t ready =
        all.size(0) < shape.kernel_t ? 0 : (all.size(0) - shape.kernel_t) / shape.stride_t + 1;
    const std::int64_t used = ready * shape.stride_t;
    stream.memory.of(this).frames = all.narrow(0, used, all.size(0) - used).clone();
    if (ready == 0) {
        return {};
    }
    return convolution_.forward(
        all.narrow(0, 0, used - shape.stride_t + shape.kernel_t).contiguous(), stream.stop
    );
}

at::Tensor TimeConv::feed(const at::Tensor& x, Stream& stream) const {
    const at::Tensor& past = stream.memory.of(this).frames;
    if (past.defined()) {
        return forward(at::cat({past, x}), stream);
    }
    const std::int64_t before = convolution_.shape().kernel_t - 1 - ahead_;
    return forward(at::cat({x.narrow(0, 0, 1).expand({before, -1, -1, -1}), x}), stream);
}

at::Tensor TimeConv::finish(Stream& stream) const {
    const at::Tensor past = stream.memory.of(this).frames;
    if (ahead_ == 0 || !past.defined()) {
        return {};
    }
    return forward(at::cat({past, past.narrow(0, past.size(0) - 1, 1).expand({ahead_, -1, -1, -1})}), stream);
}

at::Tensor NormedActivation::forward(const at::Tensor& x) const {
    const std::optional<at::Tensor> gain = scale.defined() ? std::optional(scale) : std::nullopt;
    at::Tensor y = at::rms_norm(x, {x.size(-1)}, gain, norm_eps);
    if (shift.defined()) {
        y.add_(shift);
    }
    return at::silu_(y);
}

Resnet::Resnet(const Weights& weights, std::int64_t in, std::int64_t out, const ResnetOptions& options)
    : conv1_(weights["conv1"], cube(in, out), options.causal),
      conv2_(weights["conv2"], cube(out, out), options.causal) {
    if (in != out) {
        norm3_ = LayerNorm(weights["norm3"], in, options.eps);
        shortcut_ = Linear(weights["conv_shortcut"]["conv"], {out, in, 1, 1, 1});
    }
    if (options.inject_noise) {
        noise1_ = weights.tensor("per_channel_scale1", {in, 1, 1}).flatten();
        noise2_ = weights.tensor("per_channel_scale2", {in, 1, 1}).flatten();
    }
    if (options.timestep.defined()) {
        const at::Tensor table =
            weights.tensor("scale_shift_table", {4, in}) + options.timestep.view({4, in});
        norm1_ = {.scale = table[1] + 1, .shift = table[0].contiguous()};
        norm2_ = {.scale = table[3] + 1, .shift = table[2].contiguous()};
    }
}

/// One picture of noise for the whole clip.
at::Tensor Resnet::with_noise(const at::Tensor& y, const at::Tensor& scale, Stream& stream) const {
    if (!scale.defined() || !y.defined()) {
        return y;
    }
    at::Tensor& noise = stream.memory.of(&scale).noise;
    if (!noise.defined()) {
        noise = at::randn({y.size(1), y.size(2), 1}, stream.noise, at::kFloat).to(y.options());
    }
    return y + noise * scale;
}

at::Tensor Resnet::second(const at::Tensor& y, Stream& stream) const {
    return y.defined() ? conv2_.feed(norm2_.forward(with_noise(y, noise1_, stream)), stream) : at::Tensor();
}

at::Tensor Resnet::with_shortcut(const at::Tensor& y, Stream& stream) const {
    if (!y.defined()) {
        return {};
    }
    at::Tensor x = taken(stream.memory.of(this).frames, y.size(0));
    if (shortcut_.defined()) {
        x = shortcut_.forward(norm3_.forward(x), stream.stop);
    }
    return with_noise(y, noise2_, stream) + x;
}

at::Tensor Resnet::feed(const at::Tensor& x, Stream& stream) const {
    throw_if_stopped(stream.stop);
    at::Tensor& waiting = stream.memory.of(this).frames;
    waiting = joined(waiting, x);
    return with_shortcut(second(conv1_.feed(norm1_.forward(x), stream), stream), stream);
}

at::Tensor Resnet::finish(Stream& stream) const {
    const at::Tensor fed = second(conv1_.finish(stream), stream);
    return with_shortcut(joined(fed, conv2_.finish(stream)), stream);
}

Upsample::Upsample(
    const Weights& weights, std::int64_t channels, std::int64_t narrowing, bool residual, bool causal
)
    : conv_(weights["conv"], cube(channels, channels * 8 / narrowing), causal),
      repeats_(residual ? 8 / narrowing : 0) {}

at::Tensor Upsample::doubled(const at::Tensor& y, Stream& stream) const {
    if (!y.defined()) {
        return {};
    }
    StreamMemory::Slot& slot = stream.memory.of(this);
    at::Tensor result = spread(y);
    if (repeats_ > 0) {
        result.add_(spread(taken(slot.frames, y.size(0))).repeat({1, 1, 1, repeats_}));
    }
    return std::exchange(slot.begun, true) ? result : result.narrow(0, 1, result.size(0) - 1);
}

at::Tensor Upsample::feed(const at::Tensor& x, Stream& stream) const {
    if (repeats_ > 0) {
        at::Tensor& waiting = stream.memory.of(this).frames;
        waiting = joined(waiting, x);
    }
    return doubled(conv_.feed(x, stream), stream);
}

at::Tensor Upsample::finish(Stream& stream) const {
    return doubled(conv_.finish(stream), stream);
}

Downsample::Downsample(const Weights& weights, std::int64_t in, std::int64_t out, Halving halving)
    : time_(halving == Halving::spatial ? 1 : 2),
      space_(halving == Halving::temporal ? 1 : 2),
      group_(in * places_of(halving) / out),
      conv_(weights["conv"], cube(in, out / places_of(halving)), /*causal=*/true) {}

/// [n * time, h * space, w * space, c] -> [n, h, w, c * places], in the order channel, time, row, column.
at::Tensor Downsample::gathered(const at::Tensor& x) const {
    return x.unflatten(2, {-1, space_})
        .unflatten(1, {-1, space_})
        .unflatten(0, {-1, time_})
        .permute({0, 2, 4, 6, 1, 3, 5})
        .flatten(3);
}

at::Tensor Downsample::feed(const at::Tensor& x, Stream& stream) const {
    const bool begins = !std::exchange(stream.memory.of(this).begun, true);
    const at::Tensor all = begins && time_ > 1 ? at::cat({x.narrow(0, 0, 1), x}) : x;
    const at::Tensor shortcut = gathered(all).unflatten(3, {-1, group_}).mean(-1);
    return gathered(conv_.feed(all, stream)).add_(shortcut);
}

} // namespace rushes::ltx
