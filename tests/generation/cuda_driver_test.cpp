#include "generation/cuda_driver.h"
#include "support/fake_machine.h"

#include <functional>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rushes {
namespace {

using ::testing::HasSubstr;

TEST(CudaDriver, NamesItsCards) {
    rushes::testing::FakeMachine machine;
    machine.cards = {
        {"NVIDIA H200", std::size_t{140} << 30, 9, 0}, {"NVIDIA T4", std::size_t{15} << 30, 7, 5}
    };
    machine.version = 13010;
    const CudaDriver driver = ask_cuda_driver(machine);
    EXPECT_TRUE(driver.usable()) << driver.problem;
    EXPECT_EQ(cuda_version_in_words(driver.version), "13.1");
    ASSERT_EQ(driver.cards.size(), 2U);
    EXPECT_EQ(driver.cards[0].words(), "NVIDIA H200, 140 GB");
    EXPECT_EQ(driver.cards[0].capability, 90);
    EXPECT_NEAR(driver.cards[0].flop_per_second, 989e12, 1e12)
        << "H100: NVIDIA's data sheet says 989 TFLOP/s";
    EXPECT_EQ(driver.cards[1].memory_bytes, std::uint64_t{15} << 30);
    EXPECT_EQ(driver.cards[1].capability, 75);
}

TEST(CudaDriver, SaysWhatIsMissingInOneSentence) {
    const auto problem = [](const std::function<void(rushes::testing::FakeMachine&)>& change) {
        rushes::testing::FakeMachine machine;
        change(machine);
        const CudaDriver driver = ask_cuda_driver(machine);
        EXPECT_FALSE(driver.usable());
        EXPECT_EQ(driver.problem.find(". "), std::string::npos) << "one sentence: " << driver.problem;
        EXPECT_TRUE(driver.problem.ends_with('.')) << driver.problem;
        return driver.problem;
    };
    EXPECT_THAT(problem([](auto& m) { m.driver = false; }), HasSubstr("no NVIDIA driver"));
    EXPECT_THAT(problem([](auto& m) { m.init_code = 100; }), HasSubstr("finds no graphics card"));
    EXPECT_THAT(problem([](auto& m) { m.cards.clear(); }), HasSubstr("finds no graphics card"));
    EXPECT_THAT(problem([](auto& m) { m.init_code = 803; }), HasSubstr("restart the machine"));
    EXPECT_THAT(problem([](auto& m) { m.init_code = 999; }), HasSubstr("code 999"));
    const std::string old = problem([](auto& m) { m.version = 12040; });
    EXPECT_THAT(old, HasSubstr("too old"));
    EXPECT_THAT(old, HasSubstr("CUDA 12.4"));
    EXPECT_THAT(old, HasSubstr("13.0 is needed"));
}

} // namespace
} // namespace rushes
