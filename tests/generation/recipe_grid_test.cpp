#include "base/error.h"
#include "generation/recipe_grid.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rushes {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Recipe with_model(const Recipe& recipe, const std::string& model) {
    Recipe other = recipe;
    other.model = model;
    other.steps = 99; // its own
    return other;
}

std::vector<Recipe> grid(const GridAxis& rows, const GridAxis& columns) {
    Recipe base;
    base.prompt = "a fox";
    base.seed = 7;
    return recipe_grid(base, rows, columns, with_model);
}

std::string refusal(const GridAxis& rows, const GridAxis& columns) {
    try {
        grid(rows, columns);
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::user);
        return error.what();
    }
    return "accepted";
}

TEST(ListedValues, AreReadWithCommasAndRanges) {
    EXPECT_THAT(listed_values(" 3, 5 ,7.5"), ElementsAre("3", "5", "7.5"));
    EXPECT_THAT(listed_values("1-4,9"), ElementsAre("1", "2", "3", "4", "9"));
    EXPECT_THAT(listed_values("ltx-distilled, 4-1"), ElementsAre("ltx-distilled", "4-1"));
    EXPECT_THAT(listed_values(" , "), ElementsAre());
    EXPECT_EQ(listed_values("0-18446744073709551615").size(), most_grid_recipes + 1) << "no more";
}

TEST(RecipeGrid, HasEveryCombinationRowByRow) {
    const auto recipes = grid({"seed", {"1", "2"}}, {"guidance_scale", {"3", "5", "7.5"}});
    ASSERT_EQ(recipes.size(), 6U);
    EXPECT_EQ(recipes[0].seed, 1U);
    EXPECT_EQ(recipes[2].seed, 1U);
    EXPECT_EQ(recipes[2].guidance_scale, 7.5);
    EXPECT_EQ(recipes[3].seed, 2U);
    EXPECT_EQ(recipes[3].guidance_scale, 3);
    for (const Recipe& recipe : recipes) {
        EXPECT_EQ(recipe.prompt, "a fox");
    }
    EXPECT_EQ(grid({"steps", {"4", "8"}}, {}).size(), 2U) << "one direction alone";
}

TEST(RecipeGrid, AModelBringsItsValuesBeforeTheOtherAxisChangesThem) {
    for (const bool across : {false, true}) {
        const GridAxis models{"model", {"a", "b"}};
        const GridAxis steps{"steps", {"4", "8"}};
        const auto recipes = across ? grid(steps, models) : grid(models, steps);
        ASSERT_EQ(recipes.size(), 4U);
        EXPECT_EQ(recipes[0].steps, 4) << across;
        EXPECT_EQ(recipes[3].steps, 8) << across;
        EXPECT_EQ(recipes[0].model, "a") << across;
        EXPECT_EQ(recipes[3].model, "b") << across;
    }
}

TEST(RecipeGrid, WhatCannotBeTriedIsOneSentence) {
    EXPECT_THAT(refusal({"seed", {}}, {}), HasSubstr("no value of 'seed'"));
    EXPECT_THAT(refusal({"seed", {"1"}}, {"seed", {"2"}}), HasSubstr("the same value"));
    EXPECT_THAT(refusal({"steps", {"many"}}, {}), HasSubstr("'many' is not a whole number"));
    EXPECT_THAT(refusal({"seed", listed_values("1-37")}, {}), HasSubstr("37 clips are more"));
    EXPECT_EQ(refusal({"seed", listed_values("1-9")}, {"steps", listed_values("1-4")}), "accepted");
}

} // namespace
} // namespace rushes
