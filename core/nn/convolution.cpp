#include "nn/convolution.h"

#include <algorithm>
#include <array>
#include <deque>
#include <mutex>
#include <string_view>
#include <utility>

#include <ATen/ATen.h>
#include <ATen/core/List.h>
#include <ATen/core/dispatch/Dispatcher.h>

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

Triple paddings(const ConvShape& shape) {
    return {0, shape.padding, shape.padding};
}

bool onednn_takes(const at::Tensor& weight) {
    return weight.device().is_cpu() && weight.scalar_type() == at::kFloat &&
           at::globalContext().userEnabledMkldnn() && at::globalContext().hasMKLDNN();
}

// libtorch has these two as operators only (they serve its own compiler), not as functions of the at::
// namespace.
at::Tensor pack_weight(const at::Tensor& weight, const ConvShape& shape, const at::Tensor& video) {
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
    return op.call(weight, paddings(shape), strides(shape), no_dilation, 1, video.sizes());
}

at::Tensor packed_convolution(
    const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, const ConvShape& shape
) {
    using Signature = at::
        Tensor(const at::Tensor&, const at::Tensor&, const std::optional<at::Tensor>&, at::IntArrayRef, at::IntArrayRef, at::IntArrayRef, std::int64_t, std::string_view, NoScalars, std::optional<std::string_view>);
    static const auto op = c10::Dispatcher::singleton()
                               .findSchemaOrThrow("mkldnn::_convolution_pointwise", "")
                               .typed<Signature>();
    return op.call(
        x,
        weight,
        bias,
        paddings(shape),
        strides(shape),
        no_dilation,
        1,
        "none",
        NoScalars(),
        std::string_view()
    );
}

at::Tensor checked(const Weights& weights, const ConvShape& shape) {
    return weights.tensor("weight", {shape.out, shape.in, shape.kernel_t, shape.kernel, shape.kernel});
}

} // namespace

/// The weight in oneDNN's own order. That order depends on the size of the picture, and using the wrong one
/// makes every call rearrange it again, by far the slowest way; so it is kept for the sizes seen last (a
/// draft's and the final's).
class PackedWeights {
public:
    at::Tensor get(const at::Tensor& weight, const ConvShape& shape, const at::Tensor& video) {
        const std::lock_guard lock(mutex_);
        const Size size = {video.size(3), video.size(4)};
        const auto known = std::ranges::find(entries_, size, &Entry::size);
        if (known != entries_.end()) {
            return known->packed;
        }
        if (entries_.size() == max_sizes) {
            entries_.pop_front();
        }
        entries_.push_back({size, pack_weight(weight, shape, video)});
        return entries_.back().packed;
    }

private:
    using Size = std::pair<std::int64_t, std::int64_t>;

    struct Entry {
        Size size;
        at::Tensor packed;
    };

    static constexpr std::size_t max_sizes = 2;

    std::mutex mutex_;
    std::deque<Entry> entries_;
};

Convolution::Convolution(
    const ConvShape& shape, const at::Tensor& weight, const at::Tensor& bias, Backend backend
)
    : shape_(shape),
      weight_(weight.view({shape.out, shape.in, shape.kernel_t, shape.kernel, shape.kernel})),
      bias_(bias),
      packed_(
          backend == Backend::fastest && onednn_takes(weight) ? std::make_shared<PackedWeights>() : nullptr
      ) {
    weight_ = weight_.contiguous(packed_ ? at::MemoryFormat::Contiguous : at::MemoryFormat::ChannelsLast3d);
}

at::Tensor Convolution::forward(const at::Tensor& x) const {
    const at::Tensor video = as_video(x);
    const at::Tensor result =
        packed_ ? packed_convolution(video, packed_->get(weight_, shape_, video), bias_, shape_)
                : at::conv3d(video, weight_, bias_, strides(shape_), paddings(shape_));
    return as_frames(result).contiguous();
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

CausalInput
CausalConv3d::input(ClipMemory& memory, std::int64_t frames, std::int64_t height, std::int64_t width) const {
    CausalInput input;
    input.all = at::empty({kept_ + frames, height, width, convolution_.shape().in}, options_);
    input.fresh = input.all.narrow(0, kept_, frames);
    if (kept_ > 0) {
        const at::Tensor& past = memory.past(this);
        at::Tensor front = input.all.narrow(0, 0, kept_);
        past.defined() ? front.copy_(past) : front.zero_();
    }
    return input;
}

at::Tensor CausalConv3d::forward(const CausalInput& input, ClipMemory& memory) const {
    at::Tensor result = convolution_.forward(input.all);
    if (kept_ > 0) {
        // A copy: a view would keep the whole input alive until the next piece.
        memory.past(this) = input.all.narrow(0, input.all.size(0) - kept_, kept_).clone();
    }
    return result;
}

at::Tensor CausalConv3d::forward(const at::Tensor& frames, ClipMemory& memory) const {
    const CausalInput room = input(memory, frames.size(0), frames.size(1), frames.size(2));
    room.fresh.copy_(frames);
    return forward(room, memory);
}

void CausalConv3d::remember(const at::Tensor& frames, ClipMemory& memory) const {
    const CausalInput room = input(memory, frames.size(0), frames.size(1), frames.size(2));
    room.fresh.copy_(frames);
    memory.past(this) = room.all.narrow(0, room.all.size(0) - kept_, kept_).clone();
}

} // namespace rushes
