#include "base/error.h"
#include "generation/recipe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <random>

namespace rushes {
namespace {

using ::testing::HasSubstr;

Recipe full_recipe() {
    Recipe recipe;
    recipe.prompt =
        "a red ball \"bounces\" \\ over\nthe sea, \xC3\xA9t\xC3\xA9, \xE7\xBA\xA2, \xF0\x9F\x8E\xA5";
    recipe.negative_prompt = "blurry";
    recipe.model = "rushes-demo";
    recipe.model_hash = "0123abc";
    recipe.seed = 18'446'744'073'709'551'615U;
    recipe.width = 160;
    recipe.height = 96;
    recipe.frames = 33;
    recipe.frame_rate = {30'000, 1001};
    recipe.steps = 4;
    recipe.guidance_scale = 3.25;
    recipe.scheduler = "unipc";
    recipe.dtype = "bf16";
    recipe.draft = false;
    recipe.program_version = "0.1.0";
    return recipe;
}

std::string refusal(const std::string& json) {
    try {
        recipe_from_json(json);
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::user);
        return error.what();
    }
    return "accepted";
}

TEST(Recipe, ComesBackAsItWas) {
    EXPECT_EQ(recipe_from_json(to_json(full_recipe())), full_recipe());
    EXPECT_EQ(recipe_from_json(to_json(Recipe())), Recipe());
}

Recipe recipe_with_files() {
    Recipe recipe = full_recipe();
    recipe.inputs = {
        {"image", "00ff", "/home/anna/f\xC3\xA9te.png"},
        {"last_image", "11ee", "b.jpg", R"({"prompt": "a still"})"}
    };
    recipe.loras = {{"22dd", "/loras/fast.safetensors", 0.8}, {"33cc", "style.safetensors", -1}};
    return recipe;
}

TEST(Recipe, InputsAndLorasComeBackAsTheyWere) {
    EXPECT_EQ(recipe_from_json(to_json(recipe_with_files())), recipe_with_files());
}

TEST(Recipe, IsWrittenInTheOldestFormatThatHoldsIt) {
    EXPECT_THAT(to_json(full_recipe()), HasSubstr(R"("schema_version":1,)"));
    Recipe with_lora = full_recipe();
    with_lora.loras = recipe_with_files().loras;
    Recipe with_input = full_recipe();
    with_input.inputs = recipe_with_files().inputs;
    EXPECT_THAT(to_json(with_lora), HasSubstr(R"("schema_version":2,)")) << "a reader that skips it is wrong";
    EXPECT_THAT(to_json(with_input), HasSubstr(R"("schema_version":2,)"));
    Recipe fast = full_recipe();
    fast.fast_decode = true;
    EXPECT_THAT(to_json(fast), HasSubstr(R"("schema_version":2,)"));
    EXPECT_EQ(recipe_from_json(to_json(fast)), fast);
    Recipe calm = full_recipe();
    calm.motion_scale = 0.5;
    EXPECT_THAT(to_json(calm), HasSubstr(R"("schema_version":3,)"));
    EXPECT_EQ(recipe_from_json(to_json(calm)), calm);
}

TEST(Recipe, PromptsThatChangeComeBackAsTheyWere) {
    Recipe changing = full_recipe();
    changing.prompt_changes = {{12, "a blue \"ring\""}, {24, ""}};
    EXPECT_EQ(recipe_from_json(to_json(changing)), changing);
    EXPECT_THAT(to_json(changing), HasSubstr(R"("schema_version":3,)"));
    changing.prompt_changes[0].prompt = "\xFF";
    EXPECT_THROW(to_json(changing), Error);
}

TEST(Recipe, StepsThatChangeComeBackAsTheyWere) {
    Recipe changing = full_recipe();
    changing.step_changes = {{3, "a blue \"ring\"", -1}, {12, "", 4.5}};
    EXPECT_EQ(recipe_from_json(to_json(changing)), changing);
    EXPECT_THAT(to_json(changing), HasSubstr(R"("schema_version":4,)"));
    changing.step_changes[0].prompt = "\xFF";
    EXPECT_THROW(to_json(changing), Error);
}

TEST(Recipe, IsOneLine) {
    EXPECT_EQ(to_json(full_recipe()).find('\n'), std::string::npos);
}

TEST(Recipe, MissingKeysKeepTheirDefaultsAndUnknownOnesArePassedOver) {
    const Recipe recipe =
        recipe_from_json(R"({"schema_version": 1, "prompt": "a cat", "moon_phase": [1, {"x": null}]})");
    Recipe expected;
    expected.prompt = "a cat";
    EXPECT_EQ(recipe, expected);
}

TEST(Recipe, ANewerVersionIsRefusedByASentence) {
    const std::string sentence = refusal(R"({"schema_version": 5, "prompt": {"text": "a cat"}})");
    EXPECT_THAT(sentence, HasSubstr("newer version"));
    EXPECT_THAT(sentence, HasSubstr("format 5"));
}

struct BadRecipe {
    const char* json;
    const char* says;
};

class RecipeRefusal : public ::testing::TestWithParam<BadRecipe> {};

TEST_P(RecipeRefusal, SaysWhatIsWrong) {
    EXPECT_THAT(refusal(GetParam().json), HasSubstr(GetParam().says));
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    RecipeRefusal,
    ::testing::Values(
        BadRecipe{"", "no recipe"},
        BadRecipe{"[]", "no recipe"},
        BadRecipe{"null", "no recipe"},
        BadRecipe{"{}", "no recipe"},
        BadRecipe{R"({"prompt": "a cat"})", "no recipe"},
        BadRecipe{R"({"schema_version": 1, "prompt": "a cat")", "no recipe"},
        BadRecipe{R"({"schema_version": null})", "no recipe"},
        BadRecipe{R"({"schema_version": 0})", "schema_version"},
        BadRecipe{R"({"schema_version": -1})", "schema_version"},
        BadRecipe{R"({"schema_version": "1"})", "schema_version"},
        BadRecipe{R"({"schema_version": 1, "prompt": 5})", "'prompt' must be a text"},
        BadRecipe{"{\"schema_version\": 1, \"prompt\": \"\\u0000\"}", "NUL"},
        BadRecipe{"{\"schema_version\": 1, \"prompt\": \"\xFF\"}", "no recipe"},
        BadRecipe{R"({"schema_version": 1, "seed": -1})", "'seed'"},
        BadRecipe{R"({"schema_version": 1, "seed": 1.5})", "'seed'"},
        BadRecipe{R"({"schema_version": 1, "seed": 18446744073709551616})", "'seed'"},
        BadRecipe{
            R"({"schema_version": 1, "width": 16385})", "'width' must be a whole number from 0 to 16384"
        },
        BadRecipe{R"({"schema_version": 1, "width": 160.5})", "'width'"},
        BadRecipe{R"({"schema_version": 1, "width": 18446744073709551615})", "'width'"},
        BadRecipe{R"({"schema_version": 1, "height": -16})", "'height'"},
        BadRecipe{R"({"schema_version": 1, "frames": 1e9})", "'frames'"},
        BadRecipe{R"({"schema_version": 1, "frames": 4294967297})", "'frames'"},
        BadRecipe{R"({"schema_version": 1, "steps": true})", "'steps'"},
        BadRecipe{R"({"schema_version": 1, "guidance_scale": 1e300})", "'guidance_scale'"},
        BadRecipe{R"({"schema_version": 1, "guidance_scale": "5"})", "'guidance_scale'"},
        BadRecipe{R"({"schema_version": 1, "guidance_scale": -7})", "'guidance_scale'"},
        BadRecipe{R"({"schema_version": 1, "draft": 1})", "'draft'"},
        BadRecipe{R"({"schema_version": 2, "inputs": {}})", "'inputs' must be a list"},
        BadRecipe{R"({"schema_version": 2, "inputs": ["a.png"]})", "'inputs' must be a list of objects"},
        BadRecipe{R"({"schema_version": 2, "inputs": [{"path": "a.png"}]})", "no 'role'"},
        BadRecipe{R"({"schema_version": 2, "inputs": [{"role": 1}]})", "'role' must be a text"},
        BadRecipe{R"({"schema_version": 2, "loras": 5})", "'loras' must be a list"},
        BadRecipe{R"({"schema_version": 2, "loras": [{"strength": 11}]})", "'strength' must be a number"},
        BadRecipe{R"({"schema_version": 3, "prompt_changes": {}})", "'prompt_changes' must be a list"},
        BadRecipe{R"({"schema_version": 3, "prompt_changes": [{"frame": -1}]})", "'frame' must be a whole"},
        BadRecipe{R"({"schema_version": 3, "prompt_changes": [{"prompt": 1}]})", "'prompt' must be a text"},
        BadRecipe{R"({"schema_version": 4, "step_changes": 1})", "'step_changes' must be a list"},
        BadRecipe{R"({"schema_version": 4, "step_changes": [{"after_steps": -1}]})", "'after_steps' must be"},
        BadRecipe{R"({"schema_version": 4, "step_changes": [{"prompt": 1}]})", "'prompt' must be a text"},
        BadRecipe{R"({"schema_version": 1, "frame_rate": 12})", "'frame_rate'"},
        BadRecipe{R"({"schema_version": 1, "frame_rate": [12]})", "'frame_rate'"},
        BadRecipe{R"({"schema_version": 1, "frame_rate": [12, 0]})", "denominator"},
        BadRecipe{R"({"schema_version": 1, "frame_rate": ["12", 1]})", "numerator"}
    )
);

TEST(Recipe, LongPromptsAreRefused) {
    std::string longest;
    for (std::size_t i = 0; i < max_prompt_characters; ++i) {
        longest += "海"; // three bytes, one character
    }
    EXPECT_EQ(recipe_from_json(R"({"schema_version": 1, "prompt": ")" + longest + "\"}").prompt, longest);
    EXPECT_THAT(
        refusal(R"({"schema_version": 1, "prompt": ")" + longest + "ab\"}"),
        HasSubstr("is 2 characters too long (at most 8192)")
    );
    EXPECT_THAT(refusal(std::string(2 << 20, ' ')), HasSubstr("larger than 1 MB"));
}

TEST(Recipe, TextThatIsNotUtf8IsNotWritten) {
    Recipe recipe;
    recipe.prompt = "caf\xE9";
    EXPECT_THROW(to_json(recipe), Error);
}

TEST(Recipe, DeepNestingDoesNotCrash) {
    const std::string deep =
        R"({"schema_version": 1, "x": )" + std::string(200'000, '[') + std::string(200'000, ']') + "}";
    EXPECT_EQ(recipe_from_json(deep), Recipe());
}

TEST(Recipe, NoDamageToTheTextDoesMoreThanAnError) {
    const std::string whole = to_json(recipe_with_files());
    std::mt19937 random(1);
    for (int i = 0; i < 5000; ++i) {
        std::string text = whole;
        for (int n = 0; n <= i % 4; ++n) {
            const std::size_t at = random() % text.size();
            switch (random() % 3) {
            case 0:
                text[at] = static_cast<char>(random());
                break;
            case 1:
                text.erase(at, 1 + random() % 9);
                break;
            default:
                text.insert(at, 1, "{}[]\",:0-9eE.\\u"[random() % 15]);
            }
        }
        try {
            const Recipe recipe = recipe_from_json(text);
            EXPECT_LE(recipe.width, max_picture_side);
            EXPECT_EQ(recipe_from_json(to_json(recipe)), recipe);
        } catch (const Error& error) {
            EXPECT_EQ(error.kind(), ErrorKind::user);
        }
    }
}

} // namespace
} // namespace rushes
