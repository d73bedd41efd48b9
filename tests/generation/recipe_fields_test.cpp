#include "base/error.h"
#include "generation/plan.h"
#include "generation/recipe_fields.h"
#include "generation/snapping.h"
#include "support/fake_engine.h"

#include <gtest/gtest.h>

namespace rushes {
namespace {

TEST(RecipeFields, EveryValueGoesThroughAFile) {
    Recipe recipe;
    for (const RecipeField& field : recipe_fields()) {
        // A value other than the default of each kind.
        const bool is_text = std::holds_alternative<std::string Recipe::*>(field.member);
        const auto* const is_switch = std::get_if<bool Recipe::*>(&field.member);
        const std::string other = is_switch != nullptr && !(recipe.**is_switch) ? "on" : "off";
        set_from_text(
            field,
            recipe,
            is_text                ? field.key
            : is_switch != nullptr ? other
            : field.high < 7       ? "2"
                                   : "7"
        );
    }
    EXPECT_EQ(recipe_from_json(to_json(recipe)), recipe);
    EXPECT_EQ(recipe.seed, 7U);
    EXPECT_EQ(recipe.frame_rate, (FrameRate{7, 1}));
    EXPECT_EQ(recipe.scheduler, "scheduler");
    EXPECT_FALSE(recipe.draft);
    EXPECT_TRUE(recipe.fast_decode);
}

TEST(RecipeFields, WhatIsNoValueIsOneSentence) {
    Recipe recipe;
    for (const auto& [key, text] : std::vector<std::pair<const char*, const char*>>{
             {"seed", "-1"},
             {"seed", "18446744073709551616"},
             {"steps", "0"},
             {"steps", "1001"},
             {"steps", "4.5"},
             {"width", "many"},
             {"guidance_scale", "101"},
             {"guidance_scale", "nan"},
             {"frame_rate", "0"},
             {"frame_rate", "30000/"},
             {"frame_rate", "241/2"},
             {"draft", "maybe"},
         }) {
        try {
            set_from_text(recipe_field(key), recipe, text);
            ADD_FAILURE() << key << " " << text;
        } catch (const Error& error) {
            EXPECT_EQ(error.kind(), ErrorKind::user);
            EXPECT_NE(std::string(error.what()).find(text), std::string::npos) << error.what();
        }
    }
    EXPECT_EQ(recipe, Recipe());
}

TEST(RecipeFields, OnlyWhatWasGivenIsApplied) {
    RecipeChanges given;
    given.set("seed", "9");
    given.set("seed", "10"); // the last word counts
    given.set("dtype", "bf16");
    Recipe recipe;
    recipe.prompt = "a red ball";
    recipe.steps = 4;
    given.apply_to(recipe);
    EXPECT_EQ(recipe.seed, 10U);
    EXPECT_EQ(recipe.dtype, "bf16");
    EXPECT_EQ(recipe.prompt, "a red ball");
    EXPECT_EQ(recipe.steps, 4);
    EXPECT_TRUE(given.has("seed"));
    EXPECT_FALSE(given.has("steps"));
}

TEST(RecipeFields, FactsOfTwoRecipesCanBeComparedOneByOne) {
    Recipe one;
    one.width = 160;
    one.height = 96;
    Recipe other = one;
    other.height = 128;
    other.guidance_scale = 2.5;
    const auto facts = recipe_facts(one);
    const auto others = recipe_facts(other);
    ASSERT_EQ(facts.size(), others.size());
    std::string differences;
    for (std::size_t i = 0; i < facts.size(); ++i) {
        if (facts[i].words != others[i].words) {
            differences += std::string(others[i].label) + ' ' + others[i].words + ' ';
        }
    }
    EXPECT_EQ(differences, "size 160x128 guidance 2.5 ");
}

TEST(Mended, IsAlwaysWhatThePlannerTakesAsItIs) {
    for (const ModelInfo& model : {testing::fake_causal_model(), testing::fake_full_model()}) {
        Recipe wild;
        wild.width = 1'000'000;
        wild.height = -5;
        wild.frames = 1'000'000;
        wild.steps = -3;
        wild.guidance_scale = 1e9;
        wild.scheduler = "of another model";
        wild.dtype = "int3";
        wild.frame_rate = {100'000, 1};
        for (const Recipe& recipe : {Recipe(), wild}) {
            Recipe mended_recipe = mended(recipe, model);
            const Plan plan = make_plan(mended_recipe, model);
            EXPECT_EQ(mended_recipe.dtype, "auto"); // which the plan settles by its device, the CPU here
            mended_recipe.dtype = "fp32";
            EXPECT_EQ(plan.recipe, mended_recipe) << model.id;
            EXPECT_TRUE(plan.changes.empty()) << model.id << ": " << plan.changes.front();
        }
    }
}

} // namespace
} // namespace rushes
