// Each shared operation against the plain formula of its definition, in fp64 and by itself. Convolutions:
// convolution_test.cpp; layers of other formats: weight_formats_test.cpp.
#include "nn/attention.h"
#include "nn/channel_norm.h"
#include "nn/layers.h"
#include "nn/rotary.h"
#include "support/parity.h"

#include <array>
#include <cmath>
#include <gtest/gtest.h>
#include <vector>

#include <ATen/ATen.h>

namespace rushes {
namespace {

/// One number of a [1, tokens, heads, dim] tensor.
double at4(const at::Tensor& x, std::int64_t token, std::int64_t head, std::int64_t i) {
    return x[0][token][head][i].item<double>();
}

/// RoFormer, equation 34, for three axes: the pairs of a head are split over time, rows and columns, and pair
/// i of an axis with d numbers turns by position * 10000^(-2i / d).
TEST(Rotary, TurnsEachPairByItsPositionAndFrequency) {
    constexpr std::int64_t dim = 20; // 6 for each of rows and columns, 8 for time
    constexpr std::int64_t rows = 2;
    constexpr std::int64_t columns = 3;
    const std::array<std::int64_t, 2> frames{5, 11};
    const Rotary3d rotary(dim, 16, at::TensorOptions(at::kFloat));
    const at::Tensor x = at::randn({1, 12, 2, dim});
    const at::Tensor turned = rotate(x, rotary.table(frames, rows, columns));
    at::Tensor expected = at::empty_like(x, at::kDouble);
    for (std::int64_t token = 0; token < 12; ++token) {
        const std::array<std::int64_t, 3> position{
            frames[static_cast<std::size_t>(token / (rows * columns))],
            token / columns % rows,
            token % columns
        };
        for (std::int64_t head = 0; head < 2; ++head) {
            std::int64_t pair = 0;
            for (std::size_t axis = 0; axis < 3; ++axis) {
                const std::int64_t size = axis == 0 ? 8 : 6;
                for (std::int64_t i = 0; i < size / 2; ++i, ++pair) {
                    const double angle =
                        static_cast<double>(position[axis]) *
                        std::pow(10000.0, -2.0 * static_cast<double>(i) / static_cast<double>(size));
                    const double a = at4(x, token, head, 2 * pair);
                    const double b = at4(x, token, head, 2 * pair + 1);
                    expected[0][token][head][2 * pair] = a * std::cos(angle) - b * std::sin(angle);
                    expected[0][token][head][2 * pair + 1] = a * std::sin(angle) + b * std::cos(angle);
                }
            }
        }
    }
    EXPECT_PARITY(turned, expected, 1e-5);
    // The general path, which other types and devices take.
    EXPECT_PARITY(
        rotate(
            x.to(at::kDouble), Rotary3d(dim, 16, at::TensorOptions(at::kDouble)).table(frames, rows, columns)
        ),
        expected,
        1e-5
    );
}

at::Tensor plain_attention(
    const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const at::Tensor& bias, double scale
) {
    const auto wide = [](const at::Tensor& t) { return t.to(at::kDouble).transpose(1, 2); };
    at::Tensor scores = at::matmul(wide(q), wide(k).transpose(2, 3)) * scale;
    if (bias.defined()) {
        scores = scores + bias.to(at::kDouble);
    }
    return at::matmul(scores.softmax(-1), wide(v)).transpose(1, 2).flatten(2);
}

TEST(Attention, IsTheSoftmaxOfScaledProducts) {
    // Sharp, so that no mistake hides in a mean.
    const at::Tensor q = 3 * at::randn({2, 5, 3, 8});
    const at::Tensor k = at::randn({2, 7, 3, 8});
    const at::Tensor v = at::randn({2, 7, 3, 8});
    const double usual = 1 / std::sqrt(8.0);
    EXPECT_PARITY(attend(q, k, v), plain_attention(q, k, v, {}, usual), 1e-5);
    EXPECT_PARITY(attend(q, k, v, {}, {}, 1.0), plain_attention(q, k, v, {}, 1.0), 1e-5);
    for (const at::Tensor& bias :
         {at::randn({1, 1, 1, 7}), at::randn({1, 3, 5, 7}), at::randn({2, 3, 5, 7})}) {
        EXPECT_PARITY(attend(q, k, v, bias), plain_attention(q, k, v, bias, usual), 1e-5) << bias.sizes();
    }
    const at::Tensor fused = at::randn({2, 7, 3, 24});
    const auto parts = fused.chunk(3, 3); // strided, as a fused product gives them
    EXPECT_PARITY(
        attend(parts[0], parts[1], parts[2]), plain_attention(parts[0], parts[1], parts[2], {}, usual), 1e-5
    );
}

TEST(Norms, DivideByTheRootMeanSquareOrTheDeviation) {
    const at::Tensor x = at::randn({3, 4, 37}) * 5 + 1;
    const at::Tensor gain = at::randn({37});
    const at::Tensor wide = x.to(at::kDouble);
    RmsNorm rms;
    rms.weight = gain;
    rms.eps = 1e-2; // seen in the result
    const at::Tensor by_rms = wide / (wide.square().mean(-1, true) + 1e-2).sqrt() * gain.to(at::kDouble);
    EXPECT_PARITY(rms.forward(x), by_rms, 1e-5);
    EXPECT_PARITY(rms.forward(x.transpose(0, 1)), by_rms.transpose(0, 1), 1e-5);

    LayerNorm layer(37, 1e-2);
    const at::Tensor centred = wide - wide.mean(-1, true);
    const at::Tensor by_deviation = centred / (centred.square().mean(-1, true) + 1e-2).sqrt();
    EXPECT_PARITY(layer.forward(x), by_deviation, 1e-5);
    layer.weight = gain;
    layer.bias = at::randn({37});
    EXPECT_PARITY(layer.forward(x), by_deviation * gain.to(at::kDouble) + layer.bias.to(at::kDouble), 1e-5);
}

/// Where a half-precision norm rounds is what tells the two kinds apart.
TEST(Norms, RoundBeforeOrAfterTheGain) {
    const at::Tensor x = at::randn({64, 33}).to(at::kBFloat16);
    RmsNorm rms;
    rms.weight = at::randn({33}).to(at::kBFloat16);
    const at::Tensor normed = x.to(at::kFloat) * (x.to(at::kFloat).square().mean(-1, true) + rms.eps).rsqrt();
    EXPECT_TRUE(at::equal(rms.forward(x), (normed * rms.weight).to(at::kBFloat16)));
    rms.rounding = GainRounding::before_gain;
    EXPECT_TRUE(at::equal(rms.forward(x), normed.to(at::kBFloat16) * rms.weight));
}

TEST(Norms, OfChannelsDivideByTheLength) {
    const at::Tensor x = at::randn({2, 3, 4, 12});
    const at::Tensor gamma = at::randn({12, 1, 1, 1});
    const at::Tensor wide = x.to(at::kDouble);
    const at::Tensor expected =
        wide / wide.square().sum(-1, true).sqrt() * std::sqrt(12.0) * gamma.flatten().to(at::kDouble);
    for (const Backend backend : {Backend::fastest, Backend::reference}) {
        const ChannelNorm norm(gamma, backend);
        EXPECT_PARITY(norm.forward(x), expected, 1e-5);
        const at::Tensor out = at::empty_like(x);
        norm.silu_into(out, x);
        EXPECT_PARITY(out, expected * expected.sigmoid(), 1e-5); // by a fast exponential
    }
}

TEST(Activations, GeluByTanh) {
    at::Tensor x = at::linspace(-6, 6, 1001, at::kFloat);
    const at::Tensor wide = x.to(at::kDouble);
    gelu_tanh_(x);
    const at::Tensor inner = std::sqrt(2 / M_PI) * (wide + 0.044715 * wide.pow(3));
    EXPECT_PARITY(x, 0.5 * wide * (1 + inner.tanh()), 1e-5);
}

TEST(Layers, AnEmbeddingGivesRows) {
    Embedding embedding;
    embedding.weight = at::randn({5, 3});
    const at::Tensor ids = at::tensor(std::vector<std::int64_t>{4, 0, 4});
    EXPECT_TRUE(at::equal(
        embedding.forward(ids), at::stack({embedding.weight[4], embedding.weight[0], embedding.weight[4]})
    ));
}

} // namespace
} // namespace rushes
