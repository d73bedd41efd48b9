// What an edited clip says of itself.
#include "base/paths.h"
#include "jobs/clip_file.h"
#include "jobs/edited_clip.h"
#include "jobs/read_inputs.h"
#include "support/scratch_folder.h"

#include <gtest/gtest.h>

namespace rushes::testing {
namespace {

namespace fs = std::filesystem;

fs::path clip(const fs::path& file, const std::string& prompt, int frames) {
    Recipe recipe;
    recipe.prompt = prompt;
    recipe.model = "demo";
    recipe.model_hash = "abc";
    const auto encoder = Encoder::open(file, 16, 16, {12, 1}, {}, to_json(recipe));
    for (int i = 0; i < frames; ++i) {
        encoder->write(Frame{
            16, 16, i, std::vector<std::uint8_t>(std::size_t{16} * 16 * 3, static_cast<std::uint8_t>(i))
        });
    }
    return encoder->finish().path;
}

TEST(EditedClip, KnowsWhatItWasMadeOf) {
    const test::ScratchFolder folder("rushes edited clip");
    const fs::path a = clip(folder.path / "a.mkv", "a red ball", 8);
    const fs::path b = clip(folder.path / "b.mkv", "a green star", 4);
    const ClipEdit edit{{{a, 2, 5}, {b, 0, {}}}, Loop::fade, 2};
    const fs::path target = edit_target(edit, folder.path);
    EXPECT_EQ(target.filename(), "a-joined.mkv");
    const ClipRecord record = edit_clips(edit, target, {}).record;
    const Edited expected{
        {{recipe_input("clip", a).hash, a.string(), 2, 5}, {recipe_input("clip", b).hash, b.string(), 0, 3}},
        Loop::fade,
        2
    };
    EXPECT_EQ(edited_in(record.report_json), expected);
    EXPECT_EQ(record.frames, 6);
    EXPECT_EQ(record.recipe.prompt, "a red ball");
    EXPECT_EQ(record.recipe.model_hash, ""); // never taken for the clip that the model makes of this recipe
    const ClipRecord read = record_of_file(record.file); // when the library is gone
    EXPECT_EQ(edited_in(read.report_json), expected);
    EXPECT_EQ(read.recipe, record.recipe);
}

TEST(EditedClip, OfAVideoFromElsewhereHasAnEmptyRecipe) {
    const test::ScratchFolder folder("rushes edited clip");
    ExportSettings bare;
    bare.embed_recipe = false;
    const auto encoder = Encoder::open(folder.path / "a.gif", 16, 16, {10, 1}, bare, "");
    for (int i = 0; i < 3; ++i) {
        encoder->write(Frame{16, 16, i, std::vector<std::uint8_t>(std::size_t{16} * 16 * 3, 9)});
    }
    const ClipEdit edit{{{encoder->finish().path, 0, {}}}, Loop::back};
    const ClipRecord record = edit_clips(edit, edit_target(edit, folder.path), {}).record;
    EXPECT_EQ(record.file.filename(), "a-loop.gif");
    EXPECT_EQ(record.recipe.prompt, "");
    EXPECT_EQ(record.frames, 4);
}

TEST(EditedClip, WhatIsNoProvenanceIsNone) {
    for (const char* text :
         {"",
          "{",
          "[]",
          "{}",
          R"({"edited":3})",
          R"({"edited":{"loop":"x","parts":[]}})",
          R"({"edited":{"loop":"back","parts":[{"hash":1}]}})"}) {
        EXPECT_EQ(edited_in(text), std::nullopt) << text;
    }
}

} // namespace
} // namespace rushes::testing
