// 3x3 convolutions with few multiplications, beside at::conv3d in double precision.
#include "base/error.h"
#include "nn/cpu/winograd.h"
#include "nn/winograd.h"

#include <cmath>
#include <gtest/gtest.h>
#include <string>

#include <ATen/ATen.h>

namespace rushes {
namespace {

struct Case {
    const char* name;
    std::int64_t frames, height, width, in, out, taps;
};

void PrintTo(const Case& one, std::ostream* out) {
    *out << one.name;
}

/// Relative to the rms of what is right.
double error_of(const at::Tensor& y, const at::Tensor& expected) {
    return ((y.to(at::kDouble) - expected).abs().max() / expected.square().mean().sqrt()).item<double>();
}

class Winograd : public testing::TestWithParam<Case> {
protected:
    void SetUp() override {
        if (cpu::winograd_kernels() == nullptr) {
            GTEST_SKIP() << "this processor has neither AVX2 nor AVX-512";
        }
    }

    /// In double precision, [frames, height, width, out].
    at::Tensor expected(const at::Tensor& x, const at::Tensor& bias) const {
        const at::Tensor video = x.to(at::kDouble).permute({3, 0, 1, 2}).unsqueeze(0);
        const at::Tensor y = at::conv3d(
            video,
            weight_.to(at::kDouble),
            bias.defined() ? bias.to(at::kDouble) : bias,
            at::IntArrayRef{1, 1, 1},
            at::IntArrayRef{0, 1, 1}
        );
        return y.squeeze(0).permute({1, 2, 3, 0});
    }

    const Case c_ = GetParam();
    const ConvShape shape_{.in = c_.in, .out = c_.out, .kernel_t = c_.taps, .kernel = 3, .padding = 1};
    const at::Tensor weight_ =
        at::randn({c_.out, c_.in, c_.taps, 3, 3}) / std::sqrt(static_cast<double>(9 * c_.in * c_.taps));
    const at::Tensor x_ = at::randn({c_.frames + c_.taps - 1, c_.height, c_.width, c_.in});
    const at::Tensor bias_ = at::randn({c_.out});
};

TEST_P(Winograd, IsTheConvolution) {
    ASSERT_TRUE(winograd_takes(shape_, weight_));
    for (const at::Tensor& bias : {bias_, at::Tensor()}) {
        const at::Tensor y = winograd_convolution(x_, weight_, bias, shape_, {});
        EXPECT_TRUE(y.is_contiguous());
        EXPECT_LE(error_of(y, expected(x_, bias)), 2e-5);
    }
}

TEST_P(Winograd, EnlargesOnTheWay) {
    const at::Tensor large = x_.repeat_interleave(2, 1).repeat_interleave(2, 2);
    const at::Tensor y = enlarging_winograd_convolution(x_, weight_, bias_, shape_, {});
    EXPECT_LE(error_of(y, expected(large, bias_)), 2e-5);
}

TEST_P(Winograd, IsTheSameInEveryWidthOfVectors) {
    const cpu::WinogradShape shape{c_.frames, c_.height, c_.width, c_.in, c_.out, c_.taps};
    const cpu::WinogradGroup whole{0, c_.out};
    for (const cpu::WinogradKernels* kernels : {&cpu::winograd_avx2, cpu::winograd_kernels()}) {
        const at::Tensor transformed = at::empty({36 * shape.depth() * c_.out});
        const at::Tensor room = at::empty({cpu::winograd_room(shape, whole, shape.tiles())});
        const at::Tensor y = at::full({c_.frames, c_.height, c_.width, c_.out}, NAN);
        kernels->transform(
            weight_.const_data_ptr<float>(), shape, whole, 0, c_.out, transformed.data_ptr<float>()
        );
        kernels->tiles(
            x_.const_data_ptr<float>(),
            transformed.const_data_ptr<float>(),
            bias_.const_data_ptr<float>(),
            y.data_ptr<float>(),
            shape,
            whole,
            0,
            shape.tiles(),
            room.data_ptr<float>()
        );
        EXPECT_LE(error_of(y, expected(x_, bias_)), 2e-5);
    }
}

INSTANTIATE_TEST_SUITE_P(
    Shapes,
    Winograd,
    testing::Values(
        Case{"whole_tiles", 2, 16, 24, 32, 64, 1},
        Case{"cut_tiles", 3, 13, 18, 64, 32, 1},
        Case{"less_than_a_tile", 40, 3, 2, 32, 32, 1},
        Case{"time", 4, 10, 15, 32, 96, 3},
        Case{"many_channels", 1, 20, 20, 320, 640, 1}, // more than one group
        Case{"deep", 2, 9, 12, 640, 320, 3}
    ),
    [](const auto& test) { return test.param.name; }
);

TEST(Winograd, LayersThatItDoesNotFitAreLeftToOthers) {
    const ConvShape good{.in = 64, .out = 64, .kernel = 3, .padding = 1};
    const auto takes = [](const ConvShape& shape, at::ScalarType type) {
        return winograd_takes(
            shape, at::empty({shape.out, shape.in, shape.kernel_t, shape.kernel, shape.kernel}, type)
        );
    };
    if (cpu::winograd_kernels() != nullptr) {
        EXPECT_TRUE(takes(good, at::kFloat));
    }
    EXPECT_FALSE(takes(good, at::kBFloat16));
    EXPECT_FALSE(takes(good, at::kDouble));
    EXPECT_FALSE(takes({.in = 64, .out = 3, .kernel = 3, .padding = 1}, at::kFloat));
    EXPECT_FALSE(takes({.in = 64, .out = 64, .kernel = 3, .stride = 2, .padding = 1}, at::kFloat));
    EXPECT_FALSE(takes({.in = 64, .out = 64, .kernel = 3}, at::kFloat));
    EXPECT_FALSE(
        takes({.in = 64, .out = 64, .kernel_t = 3, .kernel = 3, .stride_t = 2, .padding = 1}, at::kFloat)
    );
    EXPECT_FALSE(takes({.in = 64, .out = 64, .kernel = 1}, at::kFloat));
}

TEST(Winograd, AStopRequestEndsIt) {
    if (cpu::winograd_kernels() == nullptr) {
        GTEST_SKIP() << "this processor has neither AVX2 nor AVX-512";
    }
    std::stop_source stop;
    stop.request_stop();
    const ConvShape shape{.in = 32, .out = 32, .kernel = 3, .padding = 1};
    EXPECT_THROW(
        winograd_convolution(
            at::randn({1, 32, 32, 32}), at::randn({32, 32, 1, 3, 3}), {}, shape, stop.get_token()
        ),
        Stopped
    );
}

} // namespace
} // namespace rushes
