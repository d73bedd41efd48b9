#include "nn/channel_norm.h"

#include "nn/card_kernels.h"
#include "nn/cpu/kernels.h"
#include "nn/layers.h"
#include "nn/work_unit.h"

#include <cmath>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

namespace rushes {
namespace {

using Kernel = void (*)(const float*, float*, const float*, std::int64_t, std::int64_t);

void run_on_cpu(Kernel kernel, const at::Tensor& out, const at::Tensor& x, const at::Tensor& gain) {
    const std::int64_t channels = gain.numel();
    const std::int64_t pixels = x.numel() / channels;
    const auto* source = x.const_data_ptr<float>();
    auto* target = out.mutable_data_ptr<float>();
    const auto* gains = gain.const_data_ptr<float>();
    const std::int64_t grain = std::max<std::int64_t>(1, 16384 / channels);
    at::parallel_for(0, pixels, grain, [&](std::int64_t begin, std::int64_t end) {
        kernel(source + begin * channels, target + begin * channels, gains, end - begin, channels);
    });
}

void run_on_card(
    const at::Tensor& out, const at::Tensor& x, const at::Tensor& gain, const at::Tensor& bias = {}
) {
    with_number(x.scalar_type(), [&](auto number) {
        using Number = decltype(number);
        const cuda::NormSilu<Number> body{
            .x = numbers<Number>(x),
            .out = numbers<Number>(out),
            .gain = numbers<float>(gain),
            .bias = bias.defined() ? numbers<Number>(bias) : nullptr,
            .channels = gain.numel(),
        };
        launch_for(out, body, x.numel() / gain.numel());
    });
}

} // namespace

ChannelNorm::ChannelNorm(const at::Tensor& gamma, Backend backend)
    : gamma_(gamma.flatten()),
      gain_(
          gamma.flatten().to(compute_type(gamma.scalar_type())) *
          std::sqrt(static_cast<double>(gamma.numel()))
      ),
      kernel_(backend == Backend::fastest) {}

at::Tensor ChannelNorm::forward(const at::Tensor& x) const {
    if (kernel_ && x.is_cpu() && x.scalar_type() == at::kFloat && x.is_contiguous()) {
        at::Tensor out = at::empty_like(x);
        run_on_cpu(cpu::norm, out, x, gain_);
        return out;
    }
    if (!x.is_cpu() && x.scalar_type() == gamma_.scalar_type()) {
        // x / |x| * sqrt(channels) is x / rms(x), one kernel in place of five; its epsilon, which is added
        // and not a limit, is as far below any feature.
        return at::rms_norm(x, {gamma_.numel()}, gamma_, 1e-24 / static_cast<double>(gamma_.numel()));
    }
    const at::Tensor wide = x.to(gain_.scalar_type());
    const at::Tensor length = at::linalg_vector_norm(wide, 2, {-1}, /*keepdim=*/true).clamp_min_(1e-12);
    return wide.div(length).mul_(gain_).to(x.scalar_type());
}

void ChannelNorm::silu_into(const at::Tensor& out, const at::Tensor& x, const std::stop_token& stop) const {
    in_units({out, x}, stop, [&](const std::vector<at::Tensor>& parts) {
        const at::Tensor& target = parts[0];
        const at::Tensor& source = parts[1];
        const bool kernel = kernel_ && source.is_contiguous() && target.is_contiguous();
        if (kernel && source.is_cpu() && source.scalar_type() == at::kFloat) {
            run_on_cpu(cpu::norm_silu, target, source, gain_);
            return;
        }
        if (kernel && has_card_kernels(source)) {
            run_on_card(target, source, gain_);
            return;
        }
        at::Tensor result = target;
        at::silu_out(result, forward(source));
    });
}

void ChannelNorm::silu_of_biased_into(const at::Tensor& out, const at::Tensor& x, const at::Tensor& bias)
    const {
    run_on_card(out, x, gain_, bias);
}

} // namespace rushes
