#include "nn/convolution.h"

#include "base/error.h"
#include "nn/winograd.h"
#include "nn/work_unit.h"

#include <algorithm>
#include <array>
#include <mutex>
#include <string_view>
#include <utility>

#include <ATen/ATen.h>
#include <ATen/core/List.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/cpu/Utils.h>

namespace rushes {
namespace {

using Triple = std::array<std::int64_t, 3>;
using NoScalars = c10::List<std::optional<at::Scalar>>;

constexpr Triple no_dilation = {1, 1, 1};

/// [T, h, w, C] as ATen sees a video, [1, C, T, h, w] in channels-last order, and back. No copies.
at::Tensor as_video(const at::Tensor& frames) {
    return frames.permute({3, 0, 1, 2}).unsqueeze(0);
}

at::Tensor as_frames(const at::Tensor& video) {
    return video.squeeze(0).permute({1, 2, 3, 0});
}

Triple strides(const ConvShape& shape) {
    return {shape.stride_t, shape.stride, shape.stride};
}

bool multiplies_bf16() {
    const auto capabilities = at::cpu::get_cpu_capabilities();
    const auto found = capabilities.find("avx512_bf16");
    return found != capabilities.end() && found->second.toBool();
}

bool onednn_takes(const at::Tensor& weight) {
    const bool type =
        weight.scalar_type() == at::kFloat || (weight.scalar_type() == at::kBFloat16 && multiplies_bf16());
    return weight.device().is_cpu() && type && at::globalContext().userEnabledMkldnn() &&
           at::globalContext().hasMKLDNN();
}

// libtorch has these two as operators only (they serve its own compiler), not as functions of the at::
// namespace.
at::Tensor pack_weight(
    const at::Tensor& weight, const ConvShape& shape, const Triple& padding, const at::Tensor& video
) {
    using Signature = at::Tensor(
        const at::Tensor&,
        at::IntArrayRef,
        at::IntArrayRef,
        at::IntArrayRef,
        std::int64_t,
        at::OptionalIntArrayRef
    );
    static const auto op = c10::Dispatcher::singleton()
                               .findSchemaOrThrow("mkldnn::_reorder_convolution_weight", "")
                               .typed<Signature>();
    return op.call(weight, padding, strides(shape), no_dilation, 1, video.sizes());
}

at::Tensor packed_convolution(
    const at::Tensor& x,
    const at::Tensor& weight,
    const at::Tensor& bias,
    const ConvShape& shape,
    const Triple& padding
) {
    using Signature = at::
        Tensor(const at::Tensor&, const at::Tensor&, const std::optional<at::Tensor>&, at::IntArrayRef, at::IntArrayRef, at::IntArrayRef, std::int64_t, std::string_view, NoScalars, std::optional<std::string_view>);
    static const auto op = c10::Dispatcher::singleton()
                               .findSchemaOrThrow("mkldnn::_convolution_pointwise", "")
                               .typed<Signature>();
    return op.call(
        x, weight, bias, padding, strides(shape), no_dilation, 1, "none", NoScalars(), std::string_view()
    );
}

at::Tensor checked(const Weights& weights, const ConvShape& shape) {
    return weights.tensor("weight", {shape.out, shape.in, shape.kernel_t, shape.kernel, shape.kernel});
}

} // namespace

/// The weight in oneDNN's own order. That order depends on the size of the picture, and using the wrong one
/// makes every call rearrange it again, by far the slowest way; so it is kept for the size seen last (a clip
/// has one), and not once more as the file has it: a UNet's convolutions are 1.4 GB.
class PackedWeights {
public:
    explicit PackedWeights(at::Tensor weight) : weight_(std::move(weight)) {}

    at::Tensor get(const ConvShape& shape, const Triple& padding, const at::Tensor& video) {
        const std::lock_guard lock(mutex_);
        const Size size = {video.size(3), video.size(4), padding[1]};
        if (!packed_ || size != size_) {
            weight_ = pack_weight(packed_ ? weight_.to_dense() : weight_, shape, padding, video);
            size_ = size;
            packed_ = true;
        }
        return weight_;
    }

    /// As the file has it, contiguous.
    at::Tensor plain() {
        const std::lock_guard lock(mutex_);
        if (packed_) {
            weight_ = weight_.to_dense().contiguous();
            packed_ = false;
        }
        return weight_;
    }

private:
    using Size = std::array<std::int64_t, 3>; ///< rows, columns, padding of rows

    std::mutex mutex_;
    Size size_{};
    bool packed_ = false;
    at::Tensor weight_; ///< before it is packed for the first time as the file has it
};

Convolution::Convolution(const ConvShape& shape, const at::Tensor& weight, at::Tensor bias, Backend backend)
    : shape_(shape), bias_(std::move(bias)) {
    const at::Tensor kernel = weight.view({shape.out, shape.in, shape.kernel_t, shape.kernel, shape.kernel});
    if (backend == Backend::fastest && onednn_takes(weight)) {
        packed_ = std::make_shared<PackedWeights>(kernel.contiguous());
        winograd_ = winograd_takes(shape, weight);
    } else {
        weight_ = kernel.contiguous(at::MemoryFormat::ChannelsLast3d);
    }
}

at::Tensor Convolution::convolve(const at::Tensor& x, std::int64_t row_padding, BiasIn bias_in) const {
    const at::Tensor bias = bias_in == BiasIn::convolution ? bias_ : at::Tensor();
    const at::Tensor video = as_video(x);
    const Triple padding = {0, row_padding, shape_.padding};
    const at::Tensor result =
        packed_ ? packed_convolution(video, packed_->get(shape_, padding, video), bias, shape_, padding)
                : at::conv3d(video, weight_, bias, strides(shape_), padding);
    return as_frames(result).contiguous();
}

/// The rows of x that the output's rows first ... first + rows - 1 see, zeros where they look beyond its
/// edges.
at::Tensor Convolution::band(const at::Tensor& x, std::int64_t first, std::int64_t rows) const {
    const std::int64_t begin = first * shape_.stride - shape_.padding;
    const std::int64_t end = begin + (rows - 1) * shape_.stride + shape_.kernel;
    const std::int64_t above = std::max<std::int64_t>(0, -begin);
    const std::int64_t below = std::max<std::int64_t>(0, end - x.size(1));
    const at::Tensor inside = x.narrow(1, begin + above, end - begin - above - below);
    return above + below > 0 ? at::constant_pad_nd(inside, {0, 0, 0, 0, above, below}) : inside.contiguous();
}

at::Tensor Convolution::forward(const at::Tensor& x, const std::stop_token& stop, BiasIn bias_in) const {
    throw_if_stopped(stop);
    if (winograd_ && winograd_pays(shape_, x)) {
        const at::Tensor bias = bias_in == BiasIn::convolution ? bias_ : at::Tensor();
        return winograd_convolution(x.contiguous(), packed_->plain(), bias, shape_, stop);
    }
    const std::int64_t frames = (x.size(0) - shape_.kernel_t) / shape_.stride_t + 1;
    const std::int64_t height = (x.size(1) + 2 * shape_.padding - shape_.kernel) / shape_.stride + 1;
    const std::int64_t width = (x.size(2) + 2 * shape_.padding - shape_.kernel) / shape_.stride + 1;
    const std::int64_t unit = rows_per_unit(x, 2.0 * static_cast<double>(shape_.weights() * width));
    if (frames * height <= unit) {
        return convolve(x, shape_.padding, bias_in);
    }
    // All bands have one height, so that one order of the weights serves them, and serves pieces of fewer
    // frames too; as equal as can be, for the last overlaps its neighbour. Small frames go together: reading
    // the weights costs more than computing with them.
    const std::int64_t bands = (height + unit - 1) / unit;
    const std::int64_t rows = (height + bands - 1) / bands;
    const std::int64_t together = std::max<std::int64_t>(1, unit / height);
    const at::Tensor result = at::empty({frames, height, width, shape_.out}, x.options());
    for (std::int64_t frame = 0; frame < frames; frame += together) {
        const std::int64_t count = std::min(together, frames - frame);
        const at::Tensor seen =
            x.narrow(0, frame * shape_.stride_t, (count - 1) * shape_.stride_t + shape_.kernel_t);
        for (std::int64_t next = 0; next < height; next += rows) {
            throw_if_stopped(stop);
            const std::int64_t first = std::min(next, height - rows);
            result.narrow(0, frame, count)
                .narrow(1, first, rows)
                .copy_(
                    rows == height ? convolve(seen, shape_.padding, bias_in)
                                   : convolve(band(seen, first, rows), 0, bias_in)
                );
        }
    }
    return result;
}

std::int64_t ClipMemory::bytes() const {
    std::int64_t sum = 0;
    for (const auto& [layer, tensor] : past_) {
        sum += tensor.defined() ? static_cast<std::int64_t>(tensor.storage().nbytes()) : 0;
    }
    return sum;
}

std::vector<at::Tensor> ClipMemory::all() const {
    std::vector<at::Tensor> tensors;
    for (const auto& [layer, tensor] : past_) {
        tensors.push_back(tensor);
    }
    return tensors;
}

CausalConv3d::CausalConv3d(
    const ConvShape& shape, const at::Tensor& weight, const at::Tensor& bias, Backend backend
)
    : kept_(shape.kernel_t - shape.stride_t),
      convolution_(shape, weight, bias, backend),
      options_(weight.options()) {}

CausalConv3d::CausalConv3d(const Weights& weights, const ConvShape& shape)
    : CausalConv3d(shape, checked(weights, shape), weights.tensor("bias", {shape.out})) {}

CausalInput CausalConv3d::input(
    ClipMemory& memory,
    std::int64_t frames,
    std::int64_t height,
    std::int64_t width,
    const std::stop_token& stop
) const {
    CausalInput input;
    input.all = at::empty({kept_ + frames, height, width, convolution_.shape().in}, options_);
    input.fresh = input.all.narrow(0, kept_, frames);
    if (kept_ > 0) {
        const at::Tensor& past = memory.past(this);
        const at::Tensor front = input.all.narrow(0, 0, kept_);
        copy_in_units(front, past.defined() ? past : at::zeros({1}, options_), stop);
    }
    return input;
}

CausalInput
CausalConv3d::filled(const at::Tensor& frames, ClipMemory& memory, const std::stop_token& stop) const {
    CausalInput room = input(memory, frames.size(0), frames.size(1), frames.size(2), stop);
    copy_in_units(room.fresh, frames, stop);
    return room;
}

void CausalConv3d::keep_tail(const CausalInput& input, ClipMemory& memory, const std::stop_token& stop)
    const {
    if (kept_ == 0) {
        return;
    }
    // A copy: a view would keep the whole input alive until the next piece. Over the past of the piece
    // before, which is in the input already.
    const at::Tensor tail = input.all.narrow(0, input.all.size(0) - kept_, kept_);
    at::Tensor& past = memory.past(this);
    if (!past.defined()) {
        past = at::empty(tail.sizes(), tail.options());
    }
    copy_in_units(past, tail, stop);
}

at::Tensor CausalConv3d::forward(
    const CausalInput& input, ClipMemory& memory, const std::stop_token& stop, BiasIn bias_in
) const {
    at::Tensor result = convolution_.forward(input.all, stop, bias_in);
    keep_tail(input, memory, stop);
    return result;
}

at::Tensor
CausalConv3d::forward(const at::Tensor& frames, ClipMemory& memory, const std::stop_token& stop) const {
    return forward(filled(frames, memory, stop), memory, stop);
}

void CausalConv3d::remember(const at::Tensor& frames, ClipMemory& memory, const std::stop_token& stop) const {
    keep_tail(filled(frames, memory, stop), memory, stop);
}

} // namespace rushes
