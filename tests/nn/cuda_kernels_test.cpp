// Every CUDA kernel beside its ATen version.
#include "nn/channel_norm.h"
#include "nn/cuda/kernels.h"
#include "support/cuda.h"
#include "support/parity.h"

#include <gtest/gtest.h>

#include <ATen/ATen.h>

namespace rushes {
namespace {

class CudaKernels : public testing::Test {
protected:
    void SetUp() override {
        if (!cuda::built) {
            GTEST_SKIP() << "built without CUDA kernels (preset cuda)";
        }
        if (const std::string problem = test::why_no_cuda(); !problem.empty()) {
            GTEST_SKIP() << problem;
        }
    }
};

/// Channels below, at and beyond a warp's lanes and no multiple of them; a pixel of zeros; a count of pixels
/// that leaves the last block partly idle.
TEST_F(CudaKernels, NormAndSilu) {
    for (const std::int64_t channels : {1, 31, 32, 96, 100, 384, 1000}) {
        const at::Tensor gamma = at::randn({channels}).cuda();
        const at::Tensor x = at::randn({3, 5, 7, channels}).cuda();
        x.select(0, 1).zero_();
        const at::Tensor wanted = at::empty_like(x);
        ChannelNorm(gamma, Backend::reference).silu_into(wanted, x);
        const at::Tensor got = at::empty_like(x);
        ChannelNorm(gamma).silu_into(got, x);
        EXPECT_PARITY(got, wanted, 1e-5) << channels << " channels";
        ChannelNorm(gamma).silu_into(x, x);
        EXPECT_PARITY(x, wanted, 1e-5) << channels << " channels, in place";
    }
}

} // namespace
} // namespace rushes
