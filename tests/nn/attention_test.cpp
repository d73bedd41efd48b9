// Attention of our own kernels, at each width of vectors, beside the definition in double precision.
#include "nn/attention.h"
#include "nn/cpu/attention.h"
#include "support/parity.h"

#include <cmath>
#include <gtest/gtest.h>
#include <string>

#include <ATen/ATen.h>

namespace rushes {
namespace {

struct Case {
    const char* name;
    std::int64_t queries, keys, head_dim;
};

void PrintTo(const Case& one, std::ostream* out) {
    *out << one.name;
}

/// q, k, v [tokens, head_dim].
at::Tensor
by_definition(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const at::Tensor& bias) {
    const double scale = 1 / std::sqrt(static_cast<double>(q.size(1)));
    at::Tensor scores = at::matmul(q.to(at::kDouble), k.to(at::kDouble).t()) * scale;
    if (bias.defined()) {
        scores = scores + bias.to(at::kDouble);
    }
    return at::matmul(scores.softmax(-1), v.to(at::kDouble));
}

/// All queries, in as many calls as they take.
at::Tensor computed_by(
    const cpu::AttentionKernels& kernels,
    const at::Tensor& q,
    const at::Tensor& k,
    const at::Tensor& v,
    const at::Tensor& bias
) {
    const std::int64_t head_dim = q.size(1);
    const cpu::AttentionHead head{
        .q = {q.const_data_ptr<float>(), q.stride(0)},
        .k = {k.const_data_ptr<float>(), k.stride(0)},
        .v = {v.const_data_ptr<float>(), v.stride(0)},
        .bias = bias.defined() ? bias.const_data_ptr<float>() : nullptr,
        .keys = k.size(0),
        .head_dim = head_dim,
        .scale = static_cast<float>(1 / std::sqrt(static_cast<double>(head_dim))),
    };
    at::Tensor out = at::empty({q.size(0), head_dim});
    const std::int64_t at_once = cpu::attention_rows(head_dim);
    for (std::int64_t first = 0; first < q.size(0); first += at_once) {
        const std::int64_t count = std::min(at_once, q.size(0) - first);
        // What is not written shows, and so does what is written behind the end.
        const at::Tensor room = at::full({cpu::attention_room(head_dim, count) + 1}, std::nan(""));
        room[-1] = 4;
        float* const to = out.mutable_data_ptr<float>() + first * head_dim;
        kernels.rows(head, first, count, to, head_dim, room.mutable_data_ptr<float>());
        EXPECT_EQ(room[-1].item<float>(), 4);
    }
    return out;
}

/// By both widths, which agree.
at::Tensor computed(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const at::Tensor& bias) {
    at::Tensor wide = computed_by(*cpu::attention_kernels(), q, k, v, bias);
    const at::Tensor narrow = computed_by(cpu::attention_avx2, q, k, v, bias);
    EXPECT_TRUE(at::allclose(wide, narrow, 1e-4, 1e-5, /*equal_nan=*/true));
    return wide;
}

class AttentionKernel : public testing::TestWithParam<Case> {
protected:
    void SetUp() override {
        if (cpu::attention_kernels() == nullptr) {
            GTEST_SKIP() << "this processor has neither AVX2 nor AVX-512";
        }
        at::manual_seed(7);
    }

    const Case c_ = GetParam();
};

TEST_P(AttentionKernel, IsTheSoftmaxOfScaledProducts) {
    const at::Tensor q =
        3 * at::randn({c_.queries, c_.head_dim}); // sharp, so that no mistake hides in a mean
    const at::Tensor fused = at::randn({c_.keys, 2 * c_.head_dim + 3});
    const at::Tensor k = fused.narrow(1, 0, c_.head_dim); // strided, as a fused product gives them
    const at::Tensor v = fused.narrow(1, c_.head_dim, c_.head_dim);
    for (const at::Tensor& bias : {at::Tensor(), at::randn({c_.keys})}) {
        EXPECT_PARITY(computed(q, k, v, bias), by_definition(q, k, v, bias), 1e-5);
    }
}

TEST_P(AttentionKernel, SeesTheHighestScoreWhereverItIs) {
    const at::Tensor q = at::randn({c_.queries, c_.head_dim});
    const at::Tensor k = at::randn({c_.keys, c_.head_dim});
    const at::Tensor v = at::randn({c_.keys, c_.head_dim});
    for (const std::int64_t place : {std::int64_t{0}, c_.keys / 2, c_.keys - 1}) {
        const at::Tensor bias = at::zeros({c_.keys});
        bias[place] = 500;
        const at::Tensor expected = v[place].expand({c_.queries, c_.head_dim});
        EXPECT_PARITY(computed(q, k, v, bias), expected, 1e-5) << place;
    }
}

TEST_P(AttentionKernel, DoesNotSeeWhatIsMasked) {
    const at::Tensor q = at::randn({c_.queries, c_.head_dim});
    const at::Tensor k = at::randn({c_.keys, c_.head_dim});
    const at::Tensor v = at::randn({c_.keys, c_.head_dim});
    const at::Tensor bias = at::full({c_.keys}, -INFINITY);
    const std::int64_t seen = std::max<std::int64_t>(1, c_.keys / 3);
    bias.narrow(0, c_.keys - seen, seen).zero_();
    const auto last = [&](const at::Tensor& x) { return x.narrow(0, c_.keys - seen, seen); };
    EXPECT_PARITY(computed(q, k, v, bias), by_definition(q, last(k), last(v), {}), 1e-5);
}

TEST_P(AttentionKernel, WhatIsNoNumberComesOutAsNone) {
    const at::Tensor q = at::randn({c_.queries, c_.head_dim});
    const at::Tensor v = at::randn({c_.keys, c_.head_dim});
    const at::Tensor k = at::randn({c_.keys, c_.head_dim});
    k[c_.keys / 2][c_.head_dim - 1] = NAN;
    EXPECT_TRUE(computed(q, k, v, {}).isnan().all().item<bool>());
}

INSTANTIATE_TEST_SUITE_P(
    Shapes,
    AttentionKernel,
    testing::Values(
        Case{"OneOfOne", 1, 1, 8},
        Case{"MotionOfAnimateDiff", 16, 16, 40},
        Case{"TextOfStableDiffusion", 130, 77, 80},
        Case{"SeveralBlocks", 50, 700, 128},
        Case{"SeveralCalls", 1000, 33, 64},
        Case{"WideHead", 107, 300, 512},
        Case{"OddHead", 29, 257, 37}
    ),
    [](const auto& one) { return std::string(one.param.name); }
);

} // namespace
} // namespace rushes
