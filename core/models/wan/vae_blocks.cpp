#include "models/wan/vae_blocks.h"

#include "base/error.h"
#include "nn/attention.h"
#include "nn/card_kernels.h"
#include "nn/work_unit.h"

#include <ATen/ATen.h>

namespace rushes::wan {
namespace {

constexpr ConvShape time_conv_shape(std::int64_t in, std::int64_t out, std::int64_t stride) {
    return {.in = in, .out = out, .kernel_t = 3, .stride_t = stride};
}

/// Pixels of all frames.
double positions(const at::Tensor& features) {
    return static_cast<double>(features.numel()) / static_cast<double>(features.size(3));
}

Convolution conv_3x3(
    const Weights& weights, std::int64_t in, std::int64_t out, std::int64_t stride, std::int64_t padding
) {
    return Convolution(
        {.in = in, .out = out, .kernel = 3, .stride = stride, .padding = padding},
        weights.tensor("weight", {out, in, 3, 3}),
        weights.tensor("bias", {out})
    );
}

} // namespace

void Piece::report(const std::string& stage, const at::Tensor& features) const {
    if (trace != nullptr && *trace) {
        (*trace)(stage, features);
    }
}

void Piece::spend(double work) const {
    if (spent != nullptr && *spent) {
        (*spent)(work);
    }
}

Linear pointwise(const Weights& weights, std::int64_t in, std::int64_t out, std::size_t weight_dims) {
    std::vector<std::int64_t> shape(weight_dims, 1);
    shape[0] = out;
    shape[1] = in;
    return Linear(weights, shape);
}

CausalConv3d causal_conv(const Weights& weights, std::int64_t in, std::int64_t out) {
    return CausalConv3d(weights, {.in = in, .out = out, .kernel_t = 3, .kernel = 3, .padding = 1});
}

at::Tensor NormedConv::forward(const at::Tensor& x, const Piece& piece) const {
    const CausalInput input = conv.input(piece.memory, x.size(0), x.size(1), x.size(2), piece.stop);
    norm.silu_into(input.fresh, x, piece.stop);
    const at::Tensor y = conv.forward(input, piece.memory, piece.stop);
    piece.spend(work() * positions(y));
    return y;
}

at::Tensor
NormedConv::forward_unbiased(const at::Tensor& x, const at::Tensor& bias, const Piece& piece) const {
    const CausalInput input = conv.input(piece.memory, x.size(0), x.size(1), x.size(2), piece.stop);
    norm.silu_of_biased_into(input.fresh, x, bias);
    const at::Tensor y = conv.forward(input, piece.memory, piece.stop, BiasIn::next_layer);
    piece.spend(work() * positions(y));
    return y;
}

NormedConv normed_conv(const Weights& norm, const Weights& conv, std::int64_t in, std::int64_t out) {
    return {ChannelNorm(norm.tensor("gamma", {in, 1, 1, 1})), causal_conv(conv, in, out)};
}

ResidualBlock::ResidualBlock(const Weights& weights, std::int64_t in, std::int64_t out)
    : first_(normed_conv(weights["norm1"], weights["conv1"], in, out)),
      second_(normed_conv(weights["norm2"], weights["conv2"], out, out)) {
    if (in != out) {
        shortcut_ = pointwise(weights["conv_shortcut"], in, out);
    }
}

/// Biases go with the norm and the sum that follow.
at::Tensor ResidualBlock::forward_on_card(const at::Tensor& x, const Piece& piece) const {
    const at::Tensor middle = first_.forward_unbiased(x, {}, piece);
    const at::Tensor y = second_.forward_unbiased(middle, first_.conv.bias(), piece);
    const at::Tensor shortcut = shortcut_ ? shortcut_->forward(x, piece.stop) : x;
    const std::int64_t channels = y.size(3);
    with_number(y.scalar_type(), [&](auto number) {
        using Number = decltype(number);
        const cuda::BiasedSum<Number> body{
            .x = numbers<Number>(y),
            .bias = numbers<Number>(second_.conv.bias()),
            .shortcut = numbers<Number>(shortcut),
            .out = numbers<Number>(y),
            .channels = channels,
        };
        launch_for(y, body, y.numel() / channels);
    });
    return y;
}

at::Tensor ResidualBlock::forward(const at::Tensor& x, const Piece& piece) const {
    if (has_card_kernels(x) && x.is_contiguous()) {
        return forward_on_card(x, piece);
    }
    const at::Tensor y = second_.forward(first_.forward(x, piece), piece);
    const at::Tensor shortcut = shortcut_ ? shortcut_->forward(x, piece.stop) : x;
    in_units({y, shortcut}, piece.stop, [](const std::vector<at::Tensor>& parts) {
        parts[0].add_(parts[1]);
    });
    return y;
}

AttentionBlock::AttentionBlock(const Weights& weights, std::int64_t channels)
    : norm_(weights["norm"].tensor("gamma", {channels, 1, 1})),
      to_qkv_(pointwise(weights["to_qkv"], channels, 3 * channels, 4)),
      proj_(pointwise(weights["proj"], channels, channels, 4)) {}

at::Tensor AttentionBlock::forward(const at::Tensor& x, const Piece& piece) const {
    const std::int64_t frames = x.size(0);
    const std::int64_t channels = x.size(3);
    const at::Tensor qkv = to_qkv_.forward(norm_.forward(x), piece.stop).view({frames, -1, 1, 3 * channels});
    const std::vector<at::Tensor> parts = qkv.chunk(3, -1);
    const at::Tensor y = attend(parts[0], parts[1], parts[2], {}, piece.stop);
    return proj_.forward(y.view(x.sizes()), piece.stop).add_(x);
}

MidBlock::MidBlock(const Weights& weights, std::int64_t channels)
    : before_(weights["resnets"][0], channels, channels),
      attention_(weights["attentions"][0], channels),
      after_(weights["resnets"][1], channels, channels) {}

at::Tensor MidBlock::forward(const at::Tensor& x, const Piece& piece) const {
    const at::Tensor y = attention_.forward(before_.forward(x, piece), piece);
    return after_.forward(y, piece);
}

Upsample::Upsample(const Weights& weights, std::int64_t in, std::int64_t out, bool time)
    : conv_(conv_3x3(weights["resample"][1], in, out, 1, 1)) {
    if (time) {
        time_conv_.emplace(weights["time_conv"], time_conv_shape(in, 2 * in, 1));
    }
}

at::Tensor Upsample::forward(const at::Tensor& x, const Piece& piece) const {
    const bool doubles = time_conv_.has_value() && !piece.first;
    const at::Tensor y = doubles ? time_conv_->forward(x, piece.memory, piece.stop) : x;
    const std::int64_t copies = doubles ? 2 : 1;
    const std::int64_t frames = x.size(0);
    const std::int64_t height = x.size(1);
    const std::int64_t width = x.size(2);
    const std::int64_t channels = x.size(3);
    // One copy does both: the channel halves become frames, and every pixel four.
    const at::Tensor pixels =
        y.view({frames, height, 1, width, 1, copies, channels}).permute({0, 5, 1, 2, 3, 4, 6});
    const at::Tensor large = at::empty({frames, copies, height, 2, width, 2, channels}, x.options());
    copy_in_units(large, pixels, piece.stop);
    const at::Tensor result =
        conv_.forward(large.view({frames * copies, 2 * height, 2 * width, channels}), piece.stop);
    piece.spend(work() * positions(result));
    return result;
}

Downsample::Downsample(const Weights& weights, std::int64_t channels, bool time)
    : conv_(conv_3x3(weights["resample"][1], channels, channels, 2, 0)) {
    if (time) {
        time_conv_.emplace(weights["time_conv"], time_conv_shape(channels, channels, 2));
    }
}

at::Tensor Downsample::forward(const at::Tensor& x, const Piece& piece) const {
    throw_if_stopped(piece.stop);
    // A row of zeros below and a column to the right.
    at::Tensor y = conv_.forward(at::constant_pad_nd(x, {0, 0, 0, 1, 0, 1}), piece.stop);
    piece.spend(work() * positions(x));
    if (!time_conv_) {
        return y;
    }
    if (piece.first) {
        time_conv_->remember(y, piece.memory, piece.stop);
        return y;
    }
    return time_conv_->forward(y, piece.memory, piece.stop);
}

at::Tensor average_down(const at::Tensor& x, std::int64_t out, std::int64_t factor_t, std::int64_t factor_s) {
    const std::int64_t missing = (factor_t - x.size(0) % factor_t) % factor_t;
    const at::Tensor whole = missing > 0 ? at::constant_pad_nd(x, {0, 0, 0, 0, 0, 0, missing, 0}) : x;
    const std::int64_t frames = whole.size(0) / factor_t;
    const std::int64_t height = whole.size(1) / factor_s;
    const std::int64_t width = whole.size(2) / factor_s;
    return whole.view({frames, factor_t, height, factor_s, width, factor_s, whole.size(3)})
        .permute({0, 2, 4, 6, 1, 3, 5})
        .reshape({frames, height, width, out, -1})
        .mean(-1);
}

void add_duplicated(const at::Tensor& y, const at::Tensor& x, std::int64_t factor_t, const Piece& piece) {
    constexpr std::int64_t factor_s = 2;
    const std::int64_t out = y.size(3);
    const std::int64_t repeats = out * factor_t * factor_s * factor_s / x.size(3);
    const std::int64_t dropped = piece.first ? factor_t - 1 : 0;
    const std::int64_t unit = std::max<std::int64_t>(1, unit_numbers / (x.size(2) * x.size(3) * repeats));
    for (std::int64_t frame = 0; frame < x.size(0); ++frame) {
        for (std::int64_t row = 0; row < x.size(1); row += unit) {
            throw_if_stopped(piece.stop);
            const std::int64_t rows = std::min(unit, x.size(1) - row);
            const at::Tensor seen = x[frame].narrow(0, row, rows);
            const at::Tensor duplicates = seen.unsqueeze(-1)
                                              .expand({rows, x.size(2), x.size(3), repeats})
                                              .reshape({rows, x.size(2), out, factor_t, factor_s, factor_s})
                                              .permute({3, 0, 4, 1, 5, 2})
                                              .reshape({factor_t, rows * factor_s, y.size(2), out});
            const std::int64_t first = std::max<std::int64_t>(0, frame * factor_t - dropped);
            const std::int64_t skipped = frame == 0 ? dropped : 0;
            y.narrow(0, first, factor_t - skipped)
                .narrow(1, row * factor_s, rows * factor_s)
                .add_(duplicates.narrow(0, skipped, factor_t - skipped));
        }
    }
}

at::Tensor patchify(const at::Tensor& x, std::int64_t patch) {
    if (patch == 1) {
        return x;
    }
    const std::int64_t frames = x.size(0);
    const std::int64_t height = x.size(1) / patch;
    const std::int64_t width = x.size(2) / patch;
    return x.reshape({frames, height, patch, width, patch, x.size(3)})
        .permute({0, 1, 3, 5, 4, 2})
        .reshape({frames, height, width, -1});
}

at::Tensor unpatchify(const at::Tensor& x, std::int64_t patch) {
    if (patch == 1) {
        return x;
    }
    const std::int64_t frames = x.size(0);
    const std::int64_t height = x.size(1);
    const std::int64_t width = x.size(2);
    return x.reshape({frames, height, width, -1, patch, patch})
        .permute({0, 1, 5, 2, 4, 3})
        .reshape({frames, height * patch, width * patch, -1});
}

} // namespace rushes::wan
