// Every CUDA kernel beside its ATen version, on a card.
#include "kernel_cases.h"
#include "nn/channel_norm.h"
#include "support/cuda.h"

#include <gtest/gtest.h>

#include <c10/core/impl/VirtualGuardImpl.h>

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

TEST_F(CudaKernels, AgreeWithAten) {
    if constexpr (cuda::built) {
        const at::Device device("cuda:0");
        const c10::impl::VirtualGuardImpl guard(device.type());
        test::expect_all_kernels(device, [&](const auto& body, std::int64_t rows) {
            cuda::launch(body, rows, {0, guard.getStreamNativeHandle(guard.getStream(device))});
        });
    }
}

TEST_F(CudaKernels, ServeTheNormOfTheVae) {
    const at::Tensor gamma = at::randn({96}).cuda();
    const at::Tensor x = at::randn({3, 5, 7, 96}).cuda();
    const at::Tensor wanted = at::empty_like(x);
    ChannelNorm(gamma, Backend::reference).silu_into(wanted, x);
    ChannelNorm(gamma).silu_into(x, x);
    EXPECT_PARITY(x, wanted, 1e-5);
}

} // namespace
} // namespace rushes
