#include "nn/group_norm.h"

#include "base/error.h"
#include "nn/cpu/group_norm.h"
#include "nn/layers.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

namespace rushes {

GroupNorm::GroupNorm(at::Tensor weight, at::Tensor bias, std::int64_t groups, double eps)
    : weight_(std::move(weight)), bias_(std::move(bias)), groups_(groups), eps_(eps) {}

GroupNorm::GroupNorm(const Weights& weights, std::int64_t channels, std::int64_t groups, double eps)
    : GroupNorm(weights.tensor("weight", {channels}), weights.tensor("bias", {channels}), groups, eps) {}

at::Tensor
GroupNorm::forward(const at::Tensor& x, const Options& options, const std::stop_token& stop) const {
    throw_if_stopped(stop);
    const bool kernel = options.backend == Backend::fastest && x.is_cpu() && x.is_contiguous() &&
                        x.scalar_type() == at::kFloat && weight_.scalar_type() == at::kFloat;
    return kernel ? by_kernel(x, options) : reference(x, options);
}

at::Tensor GroupNorm::silu(const at::Tensor& x, const at::Tensor& offset, const std::stop_token& stop) const {
    return forward(x, {.silu = true, .offset = offset}, stop);
}

at::Tensor GroupNorm::reference(const at::Tensor& x, const Options& options) const {
    const at::ScalarType wide = compute_type(x.scalar_type());
    const std::int64_t channels = weight_.numel();
    at::Tensor sum = x;
    if (options.offset.defined()) {
        sum = x + options.offset;
    }
    const at::Tensor grouped =
        sum.to(wide).reshape({x.size(0) / options.frames, -1, groups_, channels / groups_});
    const auto [variance, mean] = at::var_mean(grouped, {1, 3}, /*correction=*/0, /*keepdim=*/true);
    const at::Tensor normed = ((grouped - mean) * at::rsqrt(variance + eps_)).reshape(x.sizes());
    const at::Tensor y = (normed * weight_.to(wide) + bias_.to(wide)).to(x.scalar_type());
    return options.silu ? at::silu(y) : y;
}

// Note [one scale a channel]
// A group's mean and deviation, the layer's gain and bias and the offset make one scale and one shift for
// each channel. So the numbers are read twice, for the sums and for the result, and written once. The sums
// are of distances to the first row (a pivot): squares of large numbers close to each other would leave
// nothing.
at::Tensor GroupNorm::by_kernel(const at::Tensor& x, const Options& options) const {
    const std::int64_t channels = weight_.numel();
    const std::int64_t parts = x.size(0) / options.frames;
    const std::int64_t rows = x.numel() / channels / parts; ///< of one part
    const std::int64_t chunk = std::max<std::int64_t>(32, 65536 / channels);
    const std::int64_t chunks = (rows + chunk - 1) / chunk;
    const auto* const source = x.const_data_ptr<float>();
    const at::Tensor offset = options.offset.defined() ? options.offset.contiguous() : at::Tensor();
    const float* const added = offset.defined() ? offset.const_data_ptr<float>() : nullptr;

    std::vector<double> sums(static_cast<std::size_t>(parts * chunks * channels * 2));
    at::parallel_for(0, parts * chunks, 1, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i) {
            const float* const part = source + i / chunks * rows * channels;
            const std::int64_t first = i % chunks * chunk;
            double* const sum = sums.data() + i * channels * 2;
            cpu::channel_sums(
                part + first * channels,
                added,
                part,
                sum,
                sum + channels,
                std::min(chunk, rows - first),
                channels
            );
        }
    });

    std::vector<float> scales(static_cast<std::size_t>(parts * channels * 3));
    const auto* const gain = weight_.const_data_ptr<float>();
    const auto* const bias = bias_.const_data_ptr<float>();
    const std::int64_t size = channels / groups_;
    const double count = static_cast<double>(rows * size);
    for (std::int64_t part = 0; part < parts; ++part) {
        const float* const pivot = source + part * rows * channels;
        float* const centre = scales.data() + part * channels * 3;
        float* const scale = centre + channels;
        float* const shift = scale + channels;
        for (std::int64_t group = 0; group < groups_; ++group) {
            double mean = 0;
            double square = 0; // of the distances to the mean
            const auto sum_of = [&](std::int64_t c, std::int64_t which) {
                double sum = 0;
                for (std::int64_t i = 0; i < chunks; ++i) {
                    sum += sums[static_cast<std::size_t>(((part * chunks + i) * 2 + which) * channels + c)];
                }
                return sum;
            };
            for (std::int64_t c = group * size; c < (group + 1) * size; ++c) {
                mean += sum_of(c, 0) + static_cast<double>(rows) * double{pivot[c]};
            }
            mean /= count;
            for (std::int64_t c = group * size; c < (group + 1) * size; ++c) {
                const double away = double{pivot[c]} - mean;
                square += sum_of(c, 1) + 2 * away * sum_of(c, 0) + static_cast<double>(rows) * away * away;
            }
            const double inverse = 1 / std::sqrt(std::max(square / count, 0.0) + eps_);
            for (std::int64_t c = group * size; c < (group + 1) * size; ++c) {
                const double factor = inverse * double{gain[c]};
                scale[c] = static_cast<float>(factor);
                const double middle = added != nullptr ? mean - double{added[c]} : mean;
                centre[c] = static_cast<float>(middle);
                shift[c] = static_cast<float>(double{bias[c]} + (double{centre[c]} - middle) * factor);
            }
        }
    }

    at::Tensor out = at::empty(x.sizes(), x.options());
    auto* const target = out.mutable_data_ptr<float>();
    at::parallel_for(0, parts * chunks, 1, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i) {
            const std::int64_t first = i % chunks * chunk;
            const std::int64_t at = (i / chunks * rows + first) * channels;
            const float* const centre = scales.data() + i / chunks * channels * 3;
            cpu::scale_shift(
                source + at,
                target + at,
                centre,
                centre + channels,
                centre + 2 * channels,
                std::min(chunk, rows - first),
                channels,
                options.silu
            );
        }
    });
    return out;
}

} // namespace rushes
