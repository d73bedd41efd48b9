#include "nn/channel_norm.h"
#include "nn/convolution.h"
#include "support/work_counter.h"

#include <cmath>
#include <gtest/gtest.h>
#include <string>
#include <tuple>
#include <vector>

#include <ATen/ATen.h>

namespace rushes {
namespace {

double largest_difference(const at::Tensor& a, const at::Tensor& b) {
    return a.sizes() == b.sizes() ? (a - b).abs().max().item<double>() : INFINITY;
}

struct Layer {
    const char* name;
    ConvShape shape;
    std::vector<std::int64_t> pieces; ///< frames that come at once
};

void PrintTo(const Layer& layer, std::ostream* out) {
    *out << layer.name;
}

class CausalConvolution : public testing::TestWithParam<std::tuple<Layer, Backend>> {
protected:
    const Layer& layer() const { return std::get<0>(GetParam()); }

    ConvShape shape_ = layer().shape;
    at::Tensor weight_ =
        at::randn({shape_.out, shape_.in, shape_.kernel_t, shape_.kernel, shape_.kernel})
            .div_(std::sqrt(static_cast<double>(shape_.in * shape_.kernel_t * shape_.kernel * shape_.kernel))
            );
    at::Tensor bias_ = at::randn({shape_.out});

    /// The whole clip by at::conv3d, zeros in front: [T, h, w, out].
    at::Tensor whole(const at::Tensor& clip) const {
        const std::int64_t kept = shape_.kernel_t - shape_.stride_t;
        const at::Tensor padded =
            at::cat({at::zeros({kept, clip.size(1), clip.size(2), clip.size(3)}), clip});
        const at::Tensor video = padded.permute({3, 0, 1, 2}).unsqueeze(0).contiguous();
        const std::vector<std::int64_t> strides = {shape_.stride_t, shape_.stride, shape_.stride};
        const std::vector<std::int64_t> paddings = {0, shape_.padding, shape_.padding};
        return at::conv3d(video, weight_, bias_, strides, paddings).squeeze(0).permute({1, 2, 3, 0});
    }
};

TEST_P(CausalConvolution, PiecesMakeWhatTheWholeClipMakes) {
    const CausalConv3d conv(shape_, weight_, bias_, std::get<1>(GetParam()));
    ClipMemory memory;
    std::vector<at::Tensor> inputs;
    std::vector<at::Tensor> outputs;
    for (const std::int64_t frames : layer().pieces) {
        inputs.push_back(at::randn({frames, 5, 7, shape_.in}));
        outputs.push_back(conv.forward(inputs.back(), memory));
    }
    EXPECT_LE(largest_difference(at::cat(outputs), whole(at::cat(inputs))), 2e-5);
}

TEST_P(CausalConvolution, ASecondClipBeginsAnew) {
    const CausalConv3d conv(shape_, weight_, bias_, std::get<1>(GetParam()));
    const at::Tensor x = at::randn({2, 5, 7, shape_.in});
    ClipMemory one;
    ClipMemory two;
    const at::Tensor first = conv.forward(x, one);
    conv.forward(x, one);
    EXPECT_EQ(largest_difference(conv.forward(x, two), first), 0);
}

TEST_P(CausalConvolution, RemembersNoMoreThanItNeeds) {
    const CausalConv3d conv(shape_, weight_, bias_, std::get<1>(GetParam()));
    ClipMemory memory;
    for (int i = 0; i < 3; ++i) {
        conv.forward(at::randn({4, 5, 7, shape_.in}), memory);
        const std::int64_t kept = shape_.kernel_t - shape_.stride_t;
        EXPECT_EQ(memory.bytes(), kept * 5 * 7 * shape_.in * static_cast<std::int64_t>(sizeof(float)));
    }
}

INSTANTIATE_TEST_SUITE_P(
    Layers,
    CausalConvolution,
    testing::Combine(
        testing::Values(
            Layer{"residual", {.in = 12, .out = 12, .kernel_t = 3, .kernel = 3, .padding = 1}, {1, 4, 4, 1}},
            Layer{"narrowing", {.in = 24, .out = 12, .kernel_t = 3, .kernel = 3, .padding = 1}, {1, 1, 1, 2}},
            Layer{"wide", {.in = 96, .out = 96, .kernel_t = 3, .kernel = 3, .padding = 1}, {1, 2, 2}},
            Layer{"odd_channels", {.in = 5, .out = 3, .kernel_t = 3, .kernel = 3, .padding = 1}, {2, 3}},
            Layer{"time_only", {.in = 16, .out = 32, .kernel_t = 3}, {1, 1, 4}},
            Layer{"half_the_time", {.in = 8, .out = 8, .kernel_t = 3, .stride_t = 2}, {2, 4, 2}},
            Layer{"one_pixel", {.in = 16, .out = 24}, {1, 4}}
        ),
        testing::Values(Backend::fastest, Backend::reference)
    ),
    [](const auto& test) {
        const bool fastest = std::get<1>(test.param) == Backend::fastest;
        return std::get<0>(test.param).name + std::string(fastest ? "_fastest" : "_reference");
    }
);

TEST(Convolution, HalvesASizeByItsStride) {
    const ConvShape shape{.in = 6, .out = 8, .kernel = 3, .stride = 2};
    const at::Tensor weight = at::randn({8, 6, 3, 3});
    const at::Tensor bias = at::randn({8});
    const at::Tensor x = at::randn({3, 9, 13, 6});
    const at::Tensor expected =
        at::conv2d(x.permute({0, 3, 1, 2}).contiguous(), weight, bias, 2).permute({0, 2, 3, 1});
    EXPECT_LE(largest_difference(Convolution(shape, weight, bias).forward(x), expected), 2e-5);
}

TEST(Convolution, OneWeightServesEverySizeThatComes) {
    at::manual_seed(5);
    const ConvShape shape{.in = 16, .out = 24, .kernel = 3, .padding = 1};
    const at::Tensor weight = at::randn({24, 16, 3, 3}).div_(12);
    const at::Tensor bias = at::randn({24});
    const Convolution fastest(shape, weight.clone(), bias);
    const Convolution reference(shape, weight, bias, Backend::reference);
    for (const auto& [height, width] :
         {std::pair(8, 12), std::pair(20, 6), std::pair(64, 64), std::pair(8, 12)}) {
        const at::Tensor x = at::randn({2, height, width, 16});
        EXPECT_LE(largest_difference(fastest.forward(x), reference.forward(x)), 2e-5)
            << height << "x" << width;
    }
}

/// It is computed in bands of rows, which may overlap by a few rows and not by most of them.
TEST(Convolution, ALargeOneIsComputedOnce) {
    const ConvShape shape{.in = 128, .out = 128, .kernel = 3, .padding = 1};
    const Convolution convolution(shape, at::randn({128, 128, 3, 3}), at::randn({128}));
    const at::Tensor x = at::randn({1, 256, 256, 128});
    double flop = 0;
    int calls = 0;
    {
        const test::WorkCounter counter([&](double work) {
            flop += work;
            ++calls;
        });
        convolution.forward(x);
    }
    const double once = 2 * convolution.work() * 256 * 256;
    EXPECT_GT(calls, 1) << "it is too small to be cut: the test says nothing";
    EXPECT_GE(flop, 0.99 * once);
    EXPECT_LE(flop, 1.05 * once);
}

TEST(Convolution, ResultsAreContiguousChannelsLast) {
    const ConvShape shape{.in = 6, .out = 8, .kernel = 3, .padding = 1};
    for (const Backend backend : {Backend::fastest, Backend::reference}) {
        const Convolution conv(shape, at::randn({8, 6, 3, 3}), at::randn({8}), backend);
        const at::Tensor y = conv.forward(at::randn({1, 4, 5, 6}));
        EXPECT_TRUE(y.is_contiguous());
        EXPECT_EQ(y.sizes(), at::IntArrayRef({1, 4, 5, 8}));
    }
}

class Norm : public testing::TestWithParam<std::int64_t> {};

TEST_P(Norm, KernelAgreesWithItsTwin) {
    const std::int64_t channels = GetParam();
    const at::Tensor gamma = at::randn({channels, 1, 1, 1});
    const ChannelNorm kernel(gamma);
    const ChannelNorm twin(gamma, Backend::reference);
    at::Tensor x = at::randn({3, 37, 5, channels}) * 4;
    x[1].zero_(); // no direction at all
    x[2][0].mul_(1e-20);
    x[2][1].mul_(1e15);
    EXPECT_LE(largest_difference(kernel.forward(x), twin.forward(x)), 1e-5);
    const at::Tensor out = at::empty_like(x);
    const at::Tensor expected = at::empty_like(x);
    kernel.silu_into(out, x);
    twin.silu_into(expected, x);
    EXPECT_LE(largest_difference(out, expected), 1e-5);
    kernel.silu_into(x, x);
    EXPECT_EQ(largest_difference(x, out), 0);
}

INSTANTIATE_TEST_SUITE_P(Channels, Norm, testing::Values(1, 3, 8, 12, 24, 96, 100, 384, 5000));

TEST(Norm, NotANumberStaysOne) {
    const ChannelNorm norm(at::ones({12}));
    at::Tensor x = at::randn({2, 12});
    x[1][3] = NAN;
    const at::Tensor out = at::empty_like(x);
    norm.silu_into(out, x);
    EXPECT_TRUE(out[0].isfinite().all().item<bool>());
    EXPECT_TRUE(out[1][3].isnan().item<bool>());
}

TEST(Norm, SiluHoldsForLargeAndSmallNumbers) {
    // One channel: the norm leaves the sign, the gain sets the size.
    for (const double size : {1e-8, 0.1, 1.0, 10.0, 40.0, 86.0, 100.0, 1000.0}) {
        const ChannelNorm norm(at::full({1}, size));
        const at::Tensor x = at::tensor({-1.0F, 1.0F}).view({2, 1});
        const at::Tensor out = at::empty_like(x);
        norm.silu_into(out, x);
        const auto silu = [](double v) { return v / (1 + std::exp(-v)); };
        EXPECT_NEAR(out[0].item<double>(), silu(-size), 1e-6 * std::abs(silu(-size)) + 1e-30);
        EXPECT_NEAR(out[1].item<double>(), silu(size), 1e-6 * silu(size));
    }
}

} // namespace
} // namespace rushes
