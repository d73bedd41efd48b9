#include "generation/memory_check.h"

#include <gtest/gtest.h>

namespace rushes {
namespace {

Plan plan_of(std::uint64_t bytes) {
    Plan plan;
    plan.recipe.dtype = "fp32";
    plan.peak_memory_bytes = bytes;
    return plan;
}

DeviceInfo machine(std::uint64_t memory) {
    return {DeviceKind::cpu, "CPU", memory};
}

TEST(MemoryCheck, SaysBothNumbersAndALever) {
    const auto lack = lack_of_memory(plan_of(17'460'000'000), machine(12'000'000'000));
    ASSERT_TRUE(lack);
    EXPECT_STREQ(lack->what(), "This clip needs about 17.5 GB of memory, and this machine has 12.0 GB.");
    EXPECT_EQ(lack->kind(), ErrorKind::resource);
    EXPECT_EQ(lack->lever(), Lever::smaller_clip);
    EXPECT_NE(lack->hint().find("bf16"), std::string::npos);
}

TEST(MemoryCheck, HoldsForAGraphicsCardToo) {
    const DeviceInfo card{DeviceKind::cuda, "NVIDIA", 12'000'000'000};
    const auto lack = lack_of_memory(plan_of(17'460'000'000), card);
    ASSERT_TRUE(lack);
    EXPECT_STREQ(
        lack->what(), "This clip needs about 17.5 GB of memory, and this graphics card has 12.0 GB."
    );
}

TEST(MemoryCheck, OffersNoNumbersThatAreInUse) {
    Plan plan = plan_of(2'000'000'000);
    plan.recipe.dtype = "bf16";
    const auto lack = lack_of_memory(plan, machine(1'000'000'000));
    ASSERT_TRUE(lack);
    EXPECT_EQ(lack->hint().find("bf16"), std::string::npos);
}

TEST(MemoryCheck, IsSilentWhereTheClipMayFitOrNobodyKnows) {
    EXPECT_FALSE(lack_of_memory(plan_of(12'000'000'000), machine(10'000'000'000)));
    EXPECT_FALSE(lack_of_memory(plan_of(12'000'000'000), machine(0)));
}

TEST(MemoryCheck, OfLoadingCountsWhatStaysOfTheModel) {
    ModelInfo model;
    model.id = "large";
    model.weight_bytes = 1;
    model.lattice.sizes = {{640, 480}};
    model.cost = [](const Pass& pass, const LoadOptions& options) {
        EXPECT_EQ(pass.width, 640);
        RunCost cost;
        cost.resident = {{"transformer", options.dtype == "fp32" ? 40e9 : 20e9}};
        cost.denoise.bytes = 9e12;
        return cost;
    };
    const auto lack = lack_of_memory_to_load(model, {.dtype = "fp32"}, machine(24'000'000'000));
    ASSERT_TRUE(lack);
    EXPECT_STREQ(
        lack->what(), "'large' takes about 40.0 GB of memory when it is loaded, and this machine has 24.0 GB."
    );
    EXPECT_NE(lack->hint().find("bf16"), std::string::npos);
    EXPECT_EQ(lack->lever(), Lever::smaller_clip);
    EXPECT_FALSE(lack_of_memory_to_load(model, {.dtype = "bf16"}, machine(24'000'000'000)));
    EXPECT_FALSE(lack_of_memory_to_load(model, {.dtype = "fp32"}, machine(0))) << "not known";
    model.cost = nullptr;
    model.weight_bytes = 40'000'000'000;
    EXPECT_TRUE(lack_of_memory_to_load(model, {.dtype = "bf16"}, machine(24'000'000'000)));
}

} // namespace
} // namespace rushes
