#include "base/atomic_file.h"
#include "base/case_fold.h"
#include "base/error.h"
#include "generation/saved_presets.h"
#include "support/message_of.h"
#include "support/scratch_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rushes {
namespace {

using test::message_of;
using test::ScratchFolder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Recipe painted_fox() {
    Recipe recipe;
    recipe.prompt = "a fox";
    recipe.model = "wan";
    recipe.seed = 7;
    recipe.steps = 8;
    recipe.guidance_scale = 5;
    recipe.width = 480;
    recipe.height = 832;
    recipe.loras = {{std::string(64, 'a'), "/loras/ink.safetensors", 0.8}};
    return recipe;
}

SavedPreset words(const std::string& name, const std::string& text) {
    return preset_of({}, name, text, {});
}

TEST(SavedPreset, SetsWhatItKeptAndNothingElse) {
    const std::vector<std::string> kept{"quality", "loras"};
    const SavedPreset preset = preset_of(painted_fox(), "Ink", "", kept);
    Recipe other;
    other.prompt = "a bear";
    other.model = "ltx";
    other.width = 320;
    other.seed = 1;
    other.fast_decode = true;
    const Recipe after = with_preset(other, preset);
    EXPECT_EQ(after.steps, 8);
    EXPECT_EQ(after.guidance_scale, 5);
    EXPECT_FALSE(after.fast_decode); // what recipes leave out is kept too
    EXPECT_EQ(after.loras, painted_fox().loras);
    EXPECT_EQ(after.prompt, "a bear");
    EXPECT_EQ(after.model, "ltx");
    EXPECT_EQ(after.width, 320);
    EXPECT_EQ(after.seed, 1u);
    EXPECT_EQ(model_of(preset), "");
    const std::vector<std::string> model{"model"};
    EXPECT_EQ(model_of(preset_of(painted_fox(), "Wan", "", model)), "wan");
}

TEST(SavedPreset, PutsThePromptWhereItSays) {
    Recipe recipe;
    recipe.prompt = "a fox";
    EXPECT_EQ(with_preset(recipe, words("a", "film of {prompt}, grainy")).prompt, "film of a fox, grainy");
    EXPECT_EQ(with_preset(recipe, words("b", "watercolour")).prompt, "a fox, watercolour");
    recipe.prompt.clear();
    EXPECT_EQ(with_preset(recipe, words("b", "watercolour")).prompt, "watercolour");
    EXPECT_EQ(with_preset(recipe, words("c", "{prompt}, watercolour")).prompt, "watercolour");
}

TEST(SavedPreset, TakesThePlaceOfTheOneBefore) {
    const std::vector<SavedPreset> known{
        words("Film", "film of {prompt}, grainy"), words("Water", "watercolour")
    };
    Recipe recipe;
    recipe.prompt = "a fox";
    recipe = with_preset(recipe, known[0], known);
    recipe = with_preset(recipe, known[1], known);
    EXPECT_EQ(recipe.prompt, "a fox, watercolour");
    recipe = with_preset(recipe, known[1], known);
    EXPECT_EQ(recipe.prompt, "a fox, watercolour"); // twice is once
    EXPECT_EQ(without_words(recipe.prompt, known[1]), "a fox");
    EXPECT_EQ(without_words("watercolour", known[1]), "");
    EXPECT_EQ(without_words("a bear", known[1]), "a bear");
}

TEST(SavedPreset, NeedsANameAndSomethingToKeep) {
    EXPECT_THAT(message_of([] { words(" ", "grainy"); }), HasSubstr("name"));
    EXPECT_THAT(
        message_of([] { words(std::string(100, 'x'), "grainy"); }), HasSubstr("20 characters too long")
    );
    EXPECT_THAT(message_of([] { words("Nothing", "{prompt}"); }), HasSubstr("change nothing"));
}

TEST(PresetFiles, AreReadBackAndFoundByTheirName) {
    const ScratchFolder folder("presets");
    EXPECT_THAT(read_presets(folder.path / "presets").presets, IsEmpty());
    const SavedPreset film = words("Film: the 70s", "film of {prompt}");
    const SavedPreset ink = words("Écriture", "ink");
    for (const SavedPreset& preset : {film, ink}) {
        keep_preset(folder.path / "presets", preset);
    }
    EXPECT_THAT(read_presets(folder.path / "presets").presets, ElementsAre(film, ink));
    const std::vector<SavedPreset> kept = read_presets(folder.path / "presets").presets;
    EXPECT_EQ(find_preset(kept, "écritURE"), ink);
    EXPECT_THAT(message_of([&] { find_preset(kept, "oil"); }), HasSubstr("no preset 'oil'"));
}

TEST(PresetFiles, OneOfTheSameNameIsReplacedAnotherOfTheSameFileNameIsNot) {
    const ScratchFolder folder("presets");
    keep_preset(folder.path, words("Film", "old"));
    keep_preset(folder.path, words("FILM", "new"));
    keep_preset(folder.path, words("film!", "other"));
    const PresetShelf shelf = read_presets(folder.path);
    EXPECT_THAT(shelf.presets, ElementsAre(words("FILM", "new"), words("film!", "other")));
    remove_preset(folder.path, shelf.presets[0]);
    EXPECT_THAT(read_presets(folder.path).presets, ElementsAre(words("film!", "other")));
}

TEST(PresetFiles, ByHandMayBeShortAndBadOnesAreNamed) {
    const ScratchFolder folder("presets");
    write_file(folder.path / "quick.json", R"({"steps": 4})");
    write_file(folder.path / "seeded.json", R"({"name": "Seeded", "seed": 4})");
    write_file(folder.path / "many.json", R"({"steps": 4000})");
    write_file(folder.path / "list.json", "[1]");
    write_file(folder.path / "cut.json", R"({"steps": )");
    write_file(folder.path / "notes.txt", "not a preset");
    const PresetShelf shelf = read_presets(folder.path);
    ASSERT_EQ(shelf.presets.size(), 1u);
    EXPECT_EQ(shelf.presets[0].name, "quick");
    EXPECT_EQ(with_preset({}, shelf.presets[0]).steps, 4);
    EXPECT_THAT(
        shelf.problems,
        ::testing::UnorderedElementsAre(
            HasSubstr("can't set 'seed'"),
            HasSubstr("steps"),
            HasSubstr("'list.json'"),
            HasSubstr("'cut.json'")
        )
    );
}

TEST(CaseFold, MakesCapitalsOfEveryScriptAlike) {
    EXPECT_EQ(case_folded("STRASSE É"), case_folded("straße e\u0301"));
    EXPECT_EQ(case_folded("ФИЛЬМ"), case_folded("фильм"));
    EXPECT_NE(case_folded("film"), case_folded("films"));
}

} // namespace
} // namespace rushes
