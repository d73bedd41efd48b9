#include "bench/kernel_times.h"

#include "nn/card_kernels.h"

#include <ATen/ATen.h>

namespace rushes {
namespace {

constexpr std::int64_t head_dim = 128;

class KernelTimes {
public:
    using Timed = std::function<double(const std::function<void()>&)>;

    KernelTimes(at::Device device, std::int64_t tokens, std::int64_t heads, const Timed& timed)
        : tokens_(tokens),
          heads_(heads),
          dim_(heads * head_dim),
          wide_(at::TensorOptions(device).dtype(at::kFloat)),
          x_(at::randn({1, tokens, dim_}, wide_)),
          y_(x_.to(at::kBFloat16)),
          gate_(at::randn({dim_}, wide_)),
          timed_(timed) {}

    std::vector<KernelTime> all() const {
        return {norm_modulate(), rotate(), gated_sum(), norm_silu(), gelu()};
    }

private:
    KernelTime norm_modulate() const {
        const at::Tensor out = at::empty_like(y_);
        const cuda::NormModulate<cuda::Bf16> body{
            numbers<float>(x_),
            numbers<cuda::Bf16>(out),
            numbers<float>(gate_),
            numbers<float>(gate_),
            dim_,
            tokens_,
            1,
            1e-6F
        };
        return {"norm and modulation", timed_([&] { launch_for(out, body, tokens_); }), timed_([&] {
                    at::layer_norm(x_, {dim_}, gate_, gate_, 1e-6).to(at::kBFloat16);
                })};
    }

    KernelTime rotate() const {
        const at::Tensor turns = at::randn({tokens_, 1, head_dim / 2, 2}, wide_);
        const at::Tensor complex = at::view_as_complex(turns);
        const at::Tensor out = at::empty_like(y_);
        const cuda::Rotate<cuda::Bf16> body{
            .x = numbers<cuda::Bf16>(y_),
            .out = numbers<cuda::Bf16>(out),
            .turns = numbers<float>(turns),
            .tokens = tokens_,
            .heads = heads_,
            .pairs = head_dim / 2,
            .x_token = dim_,
            .x_side = 0,
            .out_token = dim_,
            .out_side = 0,
        };
        const at::Tensor x = y_.view({1, tokens_, heads_, head_dim});
        return {"rotation", timed_([&] { launch_for(out, body, tokens_); }), timed_([&] {
                    const at::Tensor pairs = x.to(at::kFloat).unflatten(-1, {-1, 2});
                    at::view_as_real(at::view_as_complex(pairs) * complex).flatten(-2).to(at::kBFloat16);
                })};
    }

    KernelTime gated_sum() const {
        const at::Tensor sum = at::empty_like(x_);
        const cuda::GatedSum<cuda::Bf16> body{
            numbers<float>(x_),
            numbers<cuda::Bf16>(y_),
            numbers<float>(gate_),
            numbers<float>(sum),
            dim_,
            tokens_,
            1
        };
        return {"gate and residual", timed_([&] { launch_for(sum, body, tokens_); }), timed_([&] {
                    at::addcmul(x_, y_, gate_);
                })};
    }

    /// Of the VAE's finest level: 96 channels, sixteen times as many pixels as the clip has numbers a token.
    KernelTime norm_silu() const {
        constexpr std::int64_t channels = 96;
        const std::int64_t pixels = x_.numel() / channels;
        const at::Tensor x = y_.flatten().narrow(0, 0, pixels * channels).view({pixels, channels});
        const at::Tensor gain = at::randn({channels}, wide_);
        const at::Tensor narrow_gain = gain.to(at::kBFloat16);
        at::Tensor out = at::empty_like(x);
        const cuda::NormSilu<cuda::Bf16> body{
            numbers<cuda::Bf16>(x), numbers<cuda::Bf16>(out), numbers<float>(gain), nullptr, channels
        };
        return {"norm and SiLU of the VAE", timed_([&] { launch_for(out, body, pixels); }), timed_([&] {
                    at::silu_out(out, at::rms_norm(x, {channels}, narrow_gain, 1e-24));
                })};
    }

    /// No kernel of ours: the product that ends in gelu beside the product and gelu.
    KernelTime gelu() const {
        const std::int64_t hidden = dim_ * 35 / 6; // as 8960 to 1536
        const at::Tensor weight = at::randn({hidden, dim_}, wide_).mul_(0.02).to(at::kBFloat16);
        const at::Tensor bias = at::randn({hidden}, wide_).to(at::kBFloat16);
        const at::Tensor x = y_.view({tokens_, dim_});
        return {
            "product with gelu at its end (ATen's)",
            timed_([&] { at::_addmm_activation(bias, x, weight.t(), 1, 1, /*use_gelu=*/true); }),
            timed_([&] {
                at::Tensor result = at::linear(x, weight, bias);
                at::gelu_(result, "tanh");
            })
        };
    }

    std::int64_t tokens_;
    std::int64_t heads_;
    std::int64_t dim_;
    at::TensorOptions wide_;
    at::Tensor x_; ///< the stream, fp32
    at::Tensor y_; ///< what a layer gives, bf16
    at::Tensor gate_;
    const Timed& timed_;
};

} // namespace

std::vector<KernelTime> kernel_times(
    at::Device device,
    std::int64_t tokens,
    std::int64_t heads,
    const std::function<double(const std::function<void()>&)>& timed
) {
    return cuda::built && device.is_cuda() ? KernelTimes(device, tokens, heads, timed).all()
                                           : std::vector<KernelTime>();
}

} // namespace rushes
