// The settings that are offered when a clip did not fit.
#include "controls/levers.h"
#include "generation/plan.h"
#include "support/fake_cost.h"
#include "support/fake_engine.h"

#include <gtest/gtest.h>

namespace rushes::ui {
namespace {

using testing::fake_causal_model;
using testing::fake_full_model;
using testing::FakeCost;

/// The denoiser's part of the memory is the largest.
ModelInfo largeModel() {
    ModelInfo model = fake_full_model();
    model.cost = FakeCost{.bytes_per_token = 100e3, .decode_bytes_per_pixel = 100};
    return model;
}

/// 1280x720, 81 frames, bf16: what the model was trained for.
Recipe large() {
    Recipe recipe;
    recipe.model = fake_full_model().id;
    recipe.width = 1280;
    recipe.height = 720;
    recipe.dtype = "bf16";
    return make_plan(recipe, fake_full_model()).recipe;
}

std::uint64_t memory(const Recipe& recipe, const ModelInfo& model) {
    return make_plan(recipe, model).peak_memory_bytes;
}

/// As on a machine where everything is computed on the processor.
std::vector<RecipeLever> leversOf(const Recipe& recipe, const ModelInfo& model) {
    return smallerClips(recipe, model, [&](const Recipe& changed) -> std::optional<std::uint64_t> {
        try {
            return memory(changed, model);
        } catch (const Error&) {
            return std::nullopt;
        }
    });
}

TEST(Levers, TheNextSizeDownAndAShorterClip) {
    const ModelInfo model = largeModel();
    const auto levers = leversOf(large(), model);
    ASSERT_EQ(levers.size(), 2U);
    Recipe smaller = large();
    levers[0].set(smaller);
    EXPECT_EQ(levers[0].words.toStdString(), "Use 480p");
    EXPECT_EQ(smaller.width, 832);
    EXPECT_EQ(smaller.height, 480);
    EXPECT_EQ(smaller.frames, 81);
    Recipe shorter = large();
    levers[1].set(shorter);
    EXPECT_EQ(shorter.frames, 49); // 0.6 * 81 on the lattice 4k + 1
    EXPECT_EQ(levers[1].words.toStdString(), "Shorter: 3.1 s");
    EXPECT_EQ(shorter.width, 1280);
    for (const Recipe& recipe : {smaller, shorter}) {
        EXPECT_LT(memory(recipe, model), memory(large(), model));
    }
}

TEST(Levers, WhereNoSmallerSizeWasTrainedNoneIsOffered) {
    Recipe recipe = large();
    recipe.width = 832;
    recipe.height = 480;
    for (const RecipeLever& lever : leversOf(recipe, largeModel())) {
        EXPECT_FALSE(lever.words.startsWith(QStringLiteral("Use 4"))) << lever.words.toStdString();
        Recipe changed = recipe;
        lever.set(changed);
        EXPECT_EQ(changed.width, 832);
    }
}

TEST(Levers, AShorterClipIsNotOfferedWhereOneFrameIsWhatTakesTheMemory) {
    ModelInfo model = largeModel();
    model.cost = FakeCost{.bytes_per_token = 1, .decode_bytes_per_pixel = 10e3};
    const auto levers = leversOf(large(), model);
    ASSERT_EQ(levers.size(), 1U);
    EXPECT_EQ(levers[0].words.toStdString(), "Use 480p");
}

TEST(Levers, HalfAsWideNumbersWhereNothingElseHelps) {
    ModelInfo model = fake_causal_model();
    model.cost = FakeCost{.weights = 28e9, .causal = true}; // the weights are nearly everything
    Recipe recipe;
    recipe.dtype = "fp32";
    const auto levers = leversOf(make_plan(recipe, model).recipe, model);
    ASSERT_EQ(levers.size(), 1U);
    levers[0].set(recipe);
    EXPECT_EQ(recipe.dtype, "bf16");
}

TEST(Levers, NothingIsOfferedThatSavesNothing) {
    ModelInfo model = fake_causal_model();
    // The engine itself takes a hundred times as much.
    model.cost =
        FakeCost{.weights = 2e6, .bytes_per_token = 1e3, .causal = true, .decode_bytes_per_pixel = 100};
    Recipe recipe;
    recipe.dtype = "fp32";
    EXPECT_TRUE(leversOf(make_plan(recipe, model).recipe, model).empty());
}

TEST(Levers, WhatTheModelRefusesIsBroughtWithinItsLimits) {
    const ModelInfo model = fake_full_model();
    Recipe recipe = large();
    recipe.frames = 4001;
    const auto shorter = leversOf(recipe, model);
    ASSERT_EQ(shorter.size(), 1U);
    shorter[0].set(recipe);
    EXPECT_EQ(recipe.frames, model.lattice.max_frames);
    recipe = large();
    recipe.width = 100'000;
    recipe.height = 56'000;
    const auto smaller = leversOf(recipe, model);
    ASSERT_EQ(smaller.size(), 1U);
    smaller[0].set(recipe);
    EXPECT_EQ(recipe.width, 1280);
}

} // namespace
} // namespace rushes::ui
