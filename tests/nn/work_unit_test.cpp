// What is too large for one work unit is computed in parts, and comes out the same.
#include "nn/attention.h"
#include "nn/channel_norm.h"
#include "nn/convolution.h"
#include "nn/layers.h"
#include "nn/work_unit.h"
#include "support/parity.h"
#include "support/work_counter.h"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <set>
#include <thread>

#include <ATen/Parallel.h>

namespace rushes {
namespace {

/// Runs `work` and expects `flop` operations in several calls, none larger than a unit.
at::Tensor counted(double flop, const std::function<at::Tensor()>& work) {
    int calls = 0;
    double sum = 0;
    double largest = 0;
    const test::WorkCounter counter([&](double call) {
        ++calls;
        sum += call;
        largest = std::max(largest, call);
    });
    const at::Tensor result = work();
    EXPECT_GT(calls, 1);
    EXPECT_GE(sum, flop);
    EXPECT_LT(sum, 2 * flop);
    EXPECT_LE(largest, unit_flop);
    return result;
}

/// Tap by tap: x [T, h, w, in], weight [out, in, kernel_t, kernel, kernel].
at::Tensor
sum_of_taps(const ConvShape& shape, const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias) {
    const at::Tensor pictures = x.permute({0, 3, 1, 2});
    std::vector<at::Tensor> frames;
    for (std::int64_t t = 0; t + shape.kernel_t <= x.size(0); t += shape.stride_t) {
        at::Tensor sum = bias.view({1, -1, 1, 1});
        for (std::int64_t tap = 0; tap < shape.kernel_t; ++tap) {
            sum = sum +
                  at::conv2d(
                      pictures.narrow(0, t + tap, 1), weight.select(2, tap), {}, shape.stride, shape.padding
                  );
        }
        frames.push_back(sum);
    }
    return at::cat(frames).permute({0, 2, 3, 1});
}

class ConvolutionUnits : public testing::TestWithParam<ConvShape> {};

TEST_P(ConvolutionUnits, BandsMakeWhatTheWholeMakes) {
    const ConvShape shape = GetParam();
    const at::Tensor weight = at::randn({shape.out, shape.in, shape.kernel_t, shape.kernel, shape.kernel}) /
                              std::sqrt(static_cast<double>(shape.in * shape.kernel_t * 9));
    const at::Tensor bias = at::randn({shape.out});
    const at::Tensor x = at::randn({shape.kernel_t + shape.stride_t, 101 * shape.stride + 1, 24, shape.in});
    const at::Tensor whole = sum_of_taps(shape, x, weight, bias);
    const double flop = 2.0 * static_cast<double>(weight.numel() * whole.numel() / shape.out);
    ASSERT_GT(flop, unit_flop);
    const Convolution convolution(shape, weight, bias);
    // Thousands of products a number, added in another order.
    EXPECT_PARITY(counted(flop, [&] { return convolution.forward(x); }), whole, 1e-4);
}

INSTANTIATE_TEST_SUITE_P(
    Shapes,
    ConvolutionUnits,
    testing::Values(
        ConvShape{.in = 256, .out = 256, .kernel_t = 3, .kernel = 3, .padding = 1},
        ConvShape{.in = 640, .out = 640, .kernel = 3, .stride = 2}
    )
);

TEST(WorkUnits, OfALinearLayer) {
    const at::Tensor weight = at::randn({2048, 2048});
    const at::Tensor bias = at::randn({2048});
    const Linear linear(weight, bias);
    const at::Tensor x = at::randn({1, 2501, 2048});
    const double flop = 2.0 * 2501 * 2048 * 2048;
    EXPECT_PARITY(counted(flop, [&] { return linear.forward(x); }), at::linear(x, weight, bias), 1e-5);
}

TEST(WorkUnits, OfAttention) {
    at::manual_seed(1);
    const at::Tensor q = at::randn({1, 2501, 4, 128});
    const at::Tensor k = at::randn({1, 4096, 4, 128});
    const at::Tensor v = at::randn({1, 4096, 4, 128});
    const at::Tensor bias = at::randn({1, 1, 1, 4096});
    const auto wide = [](const at::Tensor& x) { return x.to(at::kDouble).transpose(1, 2); };
    const at::Tensor whole =
        at::scaled_dot_product_attention(wide(q), wide(k), wide(v), bias.to(at::kDouble));
    const double flop = 4.0 * 2501 * 4096 * 512;
    EXPECT_PARITY(
        counted(flop, [&] { return attend(q, k, v, bias); }), whole.transpose(1, 2).flatten(2), 1e-5
    );
}

TEST(WorkUnits, OfAttentionWithABiasForEachQuery) {
    at::manual_seed(1); // the worst of a million numbers is chance otherwise
    const at::Tensor q = at::randn({1, 2501, 4, 128});
    const at::Tensor k = at::randn({1, 4096, 4, 128});
    const at::Tensor v = at::randn({1, 4096, 4, 128});
    const at::Tensor bias = at::randn({1, 4, 2501, 4096});
    const at::Tensor scores = at::matmul(q.transpose(1, 2), k.transpose(1, 2).transpose(2, 3)) * 0.05 + bias;
    const at::Tensor whole = at::matmul(scores.softmax(-1), v.transpose(1, 2));
    const double flop = 4.0 * 2501 * 4096 * 512;
    EXPECT_PARITY(
        counted(flop, [&] { return attend(q, k, v, bias, {}, 0.05); }), whole.transpose(1, 2).flatten(2), 1e-5
    );
}

/// Numbers of which no unit is a divisor: [5, 1, n, 1000], a row of 1000 numbers at a time.
at::Tensor more_than_two_units() {
    return at::empty({5, 1, unit_numbers / 2000 + 7, 1000}, at::kChar);
}

TEST(Units, PartsAreTheWholeOnceAndSmall) {
    const at::Tensor whole = more_than_two_units().zero_();
    std::int64_t sum = 0;
    in_units({whole, whole}, {}, [&](const std::vector<at::Tensor>& parts) {
        EXPECT_LE(parts[0].numel(), unit_numbers);
        EXPECT_TRUE(parts[0].is_same_size(parts[1]));
        EXPECT_EQ(parts[0].size(-1), 1000);
        parts[0].add_(1);
        sum += parts[1].numel();
    });
    EXPECT_EQ(sum, whole.numel());
    EXPECT_TRUE(at::all(whole == 1).item<bool>());
}

TEST(Units, NoPartFollowsAStopRequest) {
    std::stop_source source;
    int parts = 0;
    const auto work = [&](const std::vector<at::Tensor>&) {
        if (++parts == 2) {
            source.request_stop();
        }
    };
    EXPECT_THROW(in_units({more_than_two_units()}, source.get_token(), work), Stopped);
    EXPECT_EQ(parts, 2);
    EXPECT_THROW(in_units({at::zeros({1})}, source.get_token(), work), Stopped);
    EXPECT_EQ(parts, 2);
}

TEST(Units, ACopyBroadcasts) {
    const at::Tensor target = more_than_two_units();
    const at::Tensor row = at::arange(1000).to(at::kChar);
    EXPECT_LE(test::largest_copy([&] { copy_in_units(target, row, {}); }), unit_numbers);
    EXPECT_TRUE(at::all(target == row).item<bool>());
}

/// The kernel writes what no hook sees, so what it leaves is looked at: a stop request while the second part
/// begins.
TEST(Units, ANormStopsWithin) {
    const ChannelNorm norm(at::ones({64}));
    const at::Tensor x = at::ones({8, 64, unit_numbers / (4 * 64 * 64), 64}); // two units
    const at::Tensor written = at::full_like(x, -1);
    std::stop_source source;
    int parts = 0;
    const test::CallWatch watch([&](std::string_view name, test::CallWatch::Inputs) {
        if (name == "aten::narrow" && ++parts == 3) { // two tensors, a part of each
            source.request_stop();
        }
    });
    EXPECT_THROW(norm.silu_into(written, x, source.get_token()), Stopped);
    EXPECT_EQ(at::sum(written != -1).item<std::int64_t>(), unit_numbers);
}

/// Compiled without OpenMP, libtorch's headers would let one thread do it all.
TEST(WorkUnits, LoopsOfOurKernelsAreSharedByTheThreads) {
    at::set_num_threads(2);
    std::mutex mutex;
    std::set<std::thread::id> threads;
    at::parallel_for(0, 2, 1, [&](std::int64_t, std::int64_t) {
        const std::lock_guard lock(mutex);
        threads.insert(std::this_thread::get_id());
    });
    EXPECT_EQ(threads.size(), 2U);
}

} // namespace
} // namespace rushes
