// Prompts that change while a clip is made.
#include "torch_engine_fixture.h"

#include <gmock/gmock.h>

#include <ATen/ATen.h>

namespace rushes {
namespace {

using ::testing::ElementsAre;

TEST_F(TorchEngineTest, APromptTakesOverAtTheFirstBlockThatBeginsThereOrLater) {
    Plan plan = causal_plan(13); // blocks begin at the frames 0, 1, 5 and 9
    plan.recipe.prompt_changes = {{1, "1"}, {2, "22"}, {5, "333"}, {12, "4444"}};
    ASSERT_TRUE(std::holds_alternative<Finished>(run(plan)));
    std::vector<std::string> order;
    std::ranges::copy_if(calls_.log, std::back_inserter(order), [](const std::string& call) {
        return call.starts_with("begin") || call.starts_with("prompt") || call == "encode";
    });
    EXPECT_THAT(
        order,
        ElementsAre(
            "encode",
            "encode",
            "encode",
            "encode",
            "encode",
            "begin 0",
            "prompt 1",
            "begin 1",
            "prompt 3",
            "begin 2",
            "prompt 4",
            "begin 3"
        )
    ) << "all texts are read before the first block, and the last block takes what comes too late";
    calls_.log.clear();
    ASSERT_TRUE(std::holds_alternative<Finished>(run(plan)));
    EXPECT_EQ(std::ranges::count(calls_.log, "encode"), 0) << "each text once";
}

TEST_F(TorchEngineTest, WhatIsWishedForWhileItRunsIsTheSameClipAsARecipeThatSaysSo) {
    Plan plan = causal_plan(9);
    RunSinks steered = sinks();
    std::vector<int> asked;
    steered.next_prompt = [&](int first_frame) {
        asked.push_back(first_frame);
        return first_frame == 5 ? std::optional<std::string>("another prompt") : std::nullopt;
    };
    ASSERT_TRUE(std::holds_alternative<Finished>(engine_.run(plan, {}, steered, {})));
    EXPECT_THAT(asked, ElementsAre(1, 5));
    const auto live = pixels(final_);
    final_.clear();
    plan.recipe.prompt_changes = {{5, "another prompt"}};
    ASSERT_TRUE(std::holds_alternative<Finished>(run(plan)));
    EXPECT_EQ(pixels(final_), live);
    final_.clear();
    ASSERT_TRUE(std::holds_alternative<Finished>(run(causal_plan(9))));
    EXPECT_NE(pixels(final_), live);
    EXPECT_EQ(final_[4]->rgb, live[4]) << "what was there stays";
}

/// Else a model that was there already would be learned as one that loads in no time.

} // namespace
} // namespace rushes
