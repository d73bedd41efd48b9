#include "generation/fitting.h"
#include "generation/memory_check.h"
#include "support/fake_engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rushes {
namespace {

using ::testing::HasSubstr;

Plan plan_of(std::uint64_t bytes) {
    Plan plan;
    plan.recipe.dtype = "fp32";
    plan.peak_memory_bytes = bytes;
    return plan;
}

DeviceInfo machine(std::uint64_t memory) {
    return {DeviceKind::cpu, "CPU", memory, {}};
}

/// In fp32, which doubles the weights.
Plan large_plan() {
    Recipe recipe;
    recipe.prompt = "a red ball";
    recipe.width = 512;
    recipe.height = 256;
    recipe.frames = 33;
    recipe.dtype = "fp32";
    return make_plan(recipe, testing::fake_full_model());
}

TEST(MemoryCheck, SaysBothNumbersAndALever) {
    const auto lack = lack_of_memory(plan_of(17'460'000'000), machine(12'000'000'000));
    ASSERT_TRUE(lack);
    EXPECT_STREQ(lack->what(), "This clip needs about 17.5 GB of memory, and this machine has 12.0 GB.");
    EXPECT_EQ(lack->kind(), ErrorKind::resource);
    EXPECT_EQ(lack->lever(), Lever::smaller_clip);
}

TEST(MemoryCheck, HoldsForAGraphicsCardToo) {
    const DeviceInfo card{DeviceKind::cuda, "NVIDIA", 12'000'000'000, {}};
    const auto lack = lack_of_memory(plan_of(17'460'000'000), card);
    ASSERT_TRUE(lack);
    EXPECT_STREQ(
        lack->what(), "This clip needs about 17.5 GB of memory, and this graphics card has 12.0 GB."
    );
}

TEST(MemoryCheck, NamesTheNearestSettingsThatFit) {
    const Plan plan = large_plan();
    const std::uint64_t memory = plan.peak_memory_bytes / 10 * 7;
    const auto lack = lack_of_memory(plan, machine(memory));
    ASSERT_TRUE(lack);
    const auto fitting = nearest_that_fits(plan, {}, memory);
    ASSERT_TRUE(fitting);
    EXPECT_LE(fitting->peak_memory_bytes, memory);
    EXPECT_EQ(fitting->recipe.dtype, "bf16");
    EXPECT_EQ(fitting->recipe.width, 512) << "bf16 alone is enough";
    EXPECT_EQ(fitting->recipe.frames, 33);
    EXPECT_THAT(lack->hint(), HasSubstr("512x256 with 33 frames in bf16"));
}

TEST(MemoryCheck, GivesUpPixelsOnlyWhereItMustAndKeepsTheShape) {
    Plan plan = large_plan();
    plan.recipe.dtype = "bf16";
    plan = make_plan(plan.recipe, plan.model);
    const auto fitting = nearest_that_fits(plan, {}, plan.peak_memory_bytes - 1);
    ASSERT_TRUE(fitting);
    EXPECT_LT(fitting->peak_memory_bytes, plan.peak_memory_bytes);
    EXPECT_NEAR(double(fitting->recipe.width) / fitting->recipe.height, 2, 0.3);
    EXPECT_GT(fitting->recipe.width * fitting->recipe.height * fitting->recipe.frames, 512 * 256 * 33 / 2);
}

TEST(MemoryCheck, SaysWhereNoSettingHelps) {
    const Plan plan = large_plan();
    EXPECT_FALSE(nearest_that_fits(plan, {}, 1'000'000'000));
    const auto lack = lack_of_memory(plan, machine(1'000'000'000));
    ASSERT_TRUE(lack);
    EXPECT_THAT(lack->hint(), HasSubstr("Even the smallest clip"));
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
