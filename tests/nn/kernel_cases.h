// Each body of a CUDA kernel with its input and what ATen makes of it: on the CPU the bodies run emulated, on
// a card they are launched, and both must give the same.
#pragma once

#include "nn/cuda/kernels.h"
#include "support/parity.h"

#include <functional>
#include <gtest/gtest.h>

#include <ATen/ATen.h>

namespace rushes::test {

template <typename Number>
constexpr at::ScalarType scalar_type = std::is_same_v<Number, float> ? at::kFloat : at::kBFloat16;

/// Of a tensor of floats, bf16 or bytes.
template <typename Number>
Number* data(const at::Tensor& tensor) {
    return static_cast<Number*>(tensor.data_ptr());
}

/// fp32 differs by the order of additions, bf16 by the last rounding of some numbers.
template <typename Number>
constexpr double allowed = std::is_same_v<Number, float> ? 1e-5 : 0.05;

/// run(body, rows) computes where the tensors lie.
template <typename Run>
class KernelCases {
public:
    KernelCases(at::Device device, Run run) : device_(device), run_(std::move(run)) {}

    /// Channels below, at and beyond a warp's lanes and no multiple of them; a pixel of zeros; a count of
    /// pixels that leaves the last block of warps partly idle.
    template <typename Number>
    void norm_silu() {
        for (const std::int64_t channels : {1, 31, 32, 96, 100, 384, 1000}) {
            SCOPED_TRACE(channels);
            const at::Tensor gain = random({channels}, at::kFloat);
            const at::Tensor bias = random({channels}, scalar_type<Number>);
            const at::Tensor x = random({105, channels}, scalar_type<Number>);
            x.narrow(0, 35, 7).zero_();
            for (const bool with_bias : {false, true}) {
                const at::Tensor wide = x.to(at::kFloat) + (with_bias ? bias : at::zeros_like(bias));
                const at::Tensor length = wide.norm(2, {-1}, true).clamp_min(1e-12);
                const at::Tensor wanted = at::silu(wide / length * gain).to(x.scalar_type());
                const at::Tensor in_place = x.clone();
                run_(
                    cuda::NormSilu<Number>{
                        data<Number>(in_place),
                        data<Number>(in_place),
                        data<float>(gain),
                        with_bias ? data<Number>(bias) : nullptr,
                        channels
                    },
                    x.size(0)
                );
                EXPECT_PARITY(in_place, wanted, allowed<Number>);
            }
        }
    }

    template <typename Number>
    void biased_sum() {
        for (const std::int64_t channels : {7, 96}) {
            SCOPED_TRACE(channels);
            const at::Tensor x = random({35, channels}, scalar_type<Number>);
            const at::Tensor bias = random({channels}, scalar_type<Number>);
            const at::Tensor shortcut = random({35, channels}, scalar_type<Number>);
            const at::Tensor wanted =
                (x.to(at::kFloat) + bias.to(at::kFloat) + shortcut.to(at::kFloat)).to(x.scalar_type());
            run_(
                cuda::BiasedSum<Number>{
                    data<Number>(x), data<Number>(bias), data<Number>(shortcut), data<Number>(x), channels
                },
                35
            );
            EXPECT_PARITY(x, wanted, allowed<Number>);
        }
    }

    template <typename Number>
    void norm_modulate() {
        for (const std::int64_t dim : {7, 32, 1536}) {
            SCOPED_TRACE(dim);
            const at::Tensor x = random({2, 3, 5, dim}, at::kFloat) + 2; // two sides, three timesteps
            const at::Tensor scale = random({3, 1, dim}, at::kFloat);
            const at::Tensor shift = random({3, 1, dim}, at::kFloat);
            const at::Tensor out = at::empty({2, 3, 5, dim}, x.options().dtype(scalar_type<Number>));
            run_(
                cuda::NormModulate<Number>{
                    data<float>(x),
                    data<Number>(out),
                    data<float>(scale),
                    data<float>(shift),
                    dim,
                    5,
                    3,
                    1e-6F
                },
                30
            );
            const at::Tensor wanted = at::addcmul(shift, at::layer_norm(x, {dim}, {}, {}, 1e-6), scale);
            EXPECT_PARITY(out, wanted.to(out.scalar_type()), allowed<Number>);
        }
    }

    /// As of the key's third of a fused product, two sides with the same positions, into part of a cache.
    template <typename Number>
    void rotate() {
        for (const auto& [heads, pairs] : {std::pair{2, 6}, std::pair{3, 16}, std::pair{12, 64}}) {
            SCOPED_TRACE(pairs);
            const std::int64_t dim = 2 * heads * pairs;
            constexpr std::int64_t tokens = 5;
            const at::Tensor x = random({2, tokens, 3 * dim}, scalar_type<Number>).narrow(2, dim, dim);
            const at::Tensor cache = at::zeros({2, tokens + 3, dim}, x.options());
            const at::Tensor out = cache.narrow(1, 2, tokens);
            const at::Tensor angles = random({tokens, 1, pairs}, at::kFloat) * 3;
            const at::Tensor turns = at::stack({angles.cos(), angles.sin()}, -1).contiguous();
            run_(
                cuda::Rotate<Number>{
                    .x = data<Number>(x),
                    .out = data<Number>(out),
                    .turns = data<float>(turns),
                    .tokens = tokens,
                    .heads = heads,
                    .pairs = pairs,
                    .x_token = x.stride(1),
                    .x_side = x.stride(0),
                    .out_token = out.stride(1),
                    .out_side = out.stride(0),
                },
                2 * tokens
            );
            const at::Tensor turned =
                at::view_as_complex(x.to(at::kFloat).reshape({2, tokens, heads, pairs, 2})) *
                at::view_as_complex(turns);
            const at::Tensor wanted =
                at::view_as_real(turned).reshape({2, tokens, dim}).to(out.scalar_type());
            EXPECT_PARITY(out, wanted, allowed<Number>);
            EXPECT_EQ(cache.narrow(1, 0, 2).count_nonzero().template item<std::int64_t>(), 0);
            EXPECT_EQ(cache.narrow(1, 2 + tokens, 1).count_nonzero().template item<std::int64_t>(), 0);
        }
    }

    template <typename Number>
    void gated_sum() {
        for (const std::int64_t dim : {7, 1536}) {
            SCOPED_TRACE(dim);
            const at::Tensor x = random({2, 3, 5, dim}, at::kFloat);
            const at::Tensor y = random({2, 3, 5, dim}, scalar_type<Number>);
            const at::Tensor gate = random({3, 1, dim}, at::kFloat);
            const at::Tensor wanted = at::addcmul(x, y.to(at::kFloat), gate);
            const at::Tensor out = at::empty_like(x);
            run_(
                cuda::GatedSum<Number>{
                    data<float>(x), data<Number>(y), data<float>(gate), data<float>(out), dim, 5, 3
                },
                30
            );
            EXPECT_PARITY(out, wanted, 1e-6);
        }
    }

    /// Below, at and above what a byte holds; halves are rounded to even.
    template <typename Number>
    void to_bytes() {
        const at::Tensor x = at::linspace(-1.5, 1.5, 1000, at::kFloat).to(device_, scalar_type<Number>);
        const at::Tensor out = at::empty({1000}, x.options().dtype(at::kByte));
        run_(cuda::ToBytes<Number>{data<Number>(x), data<std::uint8_t>(out), 1000}, 32);
        const at::Tensor unit = x.to(at::kFloat).mul(0.5).add(0.5).clamp(0, 1);
        EXPECT_EQ(
            (out.to(at::kInt) - unit.mul(255).round().to(at::kInt)).abs().max().template item<int>(), 0
        );
    }

    void rgb_to_nv12() {
        constexpr std::int64_t height = 6;
        constexpr std::int64_t width = 34;
        const at::Tensor rgb =
            at::randint(0, 256, {height, width, 3}, at::kFloat).to(device_, at::kByte).contiguous();
        const at::Tensor luma = at::empty({height, width}, rgb.options());
        const at::Tensor differences = at::empty({height / 2, width / 2, 2}, rgb.options());
        run_(
            cuda::RgbToNv12{
                data<std::uint8_t>(rgb),
                data<std::uint8_t>(luma),
                data<std::uint8_t>(differences),
                width,
                height
            },
            (width / 2 * height / 2 + 31) / 32
        );
        // BT.709: E'Y = 0.2126 R + 0.7152 G + 0.0722 B, E'CB = (B - Y) / 1.8556, E'CR = (R - Y) / 1.5748.
        const auto luma_of = [](const at::Tensor& c) {
            return c.select(-1, 0) * 0.2126 + c.select(-1, 1) * 0.7152 + c.select(-1, 2) * 0.0722;
        };
        const at::Tensor unit = rgb.to(at::kDouble) / 255;
        const at::Tensor mean = unit.view({height / 2, 2, width / 2, 2, 3}).mean({1, 3});
        const at::Tensor blue = (mean.select(-1, 2) - luma_of(mean)) / 1.8556;
        const at::Tensor red = (mean.select(-1, 0) - luma_of(mean)) / 1.5748;
        expect_levels(luma, luma_of(unit) * 219 + 16);
        expect_levels(differences, at::stack({blue, red}, -1) * 224 + 128);
    }

    void latent_to_rgb() {
        const at::Tensor latents = random({16, 1000}, at::kFloat);
        const at::Tensor weight = random({3, 16}, at::kFloat) * 0.1;
        const at::Tensor bias = random({3}, at::kFloat);
        const at::Tensor out = at::empty({1000, 3}, latents.options().dtype(at::kByte));
        run_(
            cuda::LatentToRgb{
                data<float>(latents),
                data<std::uint8_t>(out),
                data<float>(weight),
                data<float>(bias),
                16,
                1000
            },
            32
        );
        expect_levels(out, at::linear(latents.t(), weight, bias).clamp(0, 1) * 255);
    }

private:
    at::Tensor random(at::IntArrayRef sizes, at::ScalarType dtype) const {
        return at::randn(sizes, at::kFloat).to(device_, dtype);
    }

    /// Within what rounding may do to a number between two levels.
    void expect_levels(const at::Tensor& got, const at::Tensor& wanted) const {
        EXPECT_LE((got.to(at::kDouble) - wanted).abs().max().template item<double>(), 0.501);
    }

    at::Device device_;
    Run run_;
};

/// Calls each case; the names say which one failed.
template <typename Run>
void expect_all_kernels(at::Device device, Run run) {
    KernelCases<Run> cases(device, std::move(run));
    const auto traced = [](const char* name, const auto& work) {
        SCOPED_TRACE(name);
        work();
    };
    traced("norm_silu fp32", [&] { cases.template norm_silu<float>(); });
    traced("norm_silu bf16", [&] { cases.template norm_silu<cuda::Bf16>(); });
    traced("biased_sum fp32", [&] { cases.template biased_sum<float>(); });
    traced("biased_sum bf16", [&] { cases.template biased_sum<cuda::Bf16>(); });
    traced("norm_modulate fp32", [&] { cases.template norm_modulate<float>(); });
    traced("norm_modulate bf16", [&] { cases.template norm_modulate<cuda::Bf16>(); });
    traced("rotate fp32", [&] { cases.template rotate<float>(); });
    traced("rotate bf16", [&] { cases.template rotate<cuda::Bf16>(); });
    traced("gated_sum fp32", [&] { cases.template gated_sum<float>(); });
    traced("gated_sum bf16", [&] { cases.template gated_sum<cuda::Bf16>(); });
    traced("to_bytes fp32", [&] { cases.template to_bytes<float>(); });
    traced("to_bytes bf16", [&] { cases.template to_bytes<cuda::Bf16>(); });
    traced("rgb_to_nv12", [&] { cases.rgb_to_nv12(); });
    traced("latent_to_rgb", [&] { cases.latent_to_rgb(); });
}

} // namespace rushes::test
