// The arithmetic of the CUDA kernels without a card: every body in an emulated launch beside its ATen twin.
#include "kernel_cases.h"

#include <bit>
#include <cmath>
#include <gtest/gtest.h>
#include <limits>

namespace rushes {
namespace {

TEST(KernelBodies, AgreeWithAten) {
    test::expect_all_kernels(at::kCPU, [](const auto& body, std::int64_t rows) {
        cuda::emulate(body, rows);
    });
}

TEST(KernelBodies, RoundToBf16AsAtenDoes) {
    std::vector<float> numbers{0, -0.0F, 1, std::numeric_limits<float>::infinity(), 3.4e38F, 1e-40F};
    for (std::uint32_t bits = 0x3f800000U; bits < 0x3f830000U; bits += 0x1111U) { // ties among them
        numbers.push_back(std::bit_cast<float>(bits));
        numbers.push_back(std::bit_cast<float>(bits & 0xffff8000U));
    }
    for (const float number : numbers) {
        cuda::Bf16 rounded{};
        cuda::store(&rounded, number);
        EXPECT_EQ(cuda::wide(rounded), static_cast<float>(c10::BFloat16(number))) << number;
    }
    cuda::Bf16 rounded{};
    cuda::store(&rounded, std::nanf(""));
    EXPECT_TRUE(std::isnan(cuda::wide(rounded)));
}

} // namespace
} // namespace rushes
