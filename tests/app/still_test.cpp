// `rushes generate` of a still, with a small model of random weights.
#include "app/program.h"
#include "generation/recipe.h"
#include "media/image.h"
#include "support/scratch_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rushes {
namespace {

namespace fs = std::filesystem;
using app_test::Ran;
using ::testing::HasSubstr;

class Stills : public ::testing::TestWithParam<std::string> {
protected:
    void SetUp() override {
        const Ran written = app_test::run(folder_.path, {"models", "--random", GetParam(), model_.string()});
        ASSERT_EQ(written.exit_code, 0) << written.err;
    }

    Ran
    generate(const std::string& output, const std::string& seed, const std::vector<std::string>& more) const {
        std::vector<std::string> all{
            "generate",
            "a red ball",
            "--model",
            model_.string(),
            "--device",
            "cpu",
            "--seed",
            seed,
            "-o",
            (folder_.path / output).string()
        };
        all.insert(all.end(), more.begin(), more.end());
        return app_test::run(folder_.path, all);
    }

    const test::ScratchFolder folder_{"rushes-still-"};
    const fs::path model_ = folder_.path / "model";
};

INSTANTIATE_TEST_SUITE_P(Families, Stills, testing::Values("sd_xl/tiny", "flux/tiny"));

TEST_P(Stills, AreTheSamePictureForOneSeedAndCarryTheirRecipe) {
    const std::vector<std::string> small{"--width", "128", "--height", "128"};
    const Ran first = generate("a.png", "5", small);
    ASSERT_EQ(first.exit_code, 0) << first.err;
    const Frame picture = read_png(folder_.path / "a.png");
    EXPECT_EQ(picture.width, 128);
    EXPECT_EQ(picture.height, 128);
    ASSERT_EQ(generate("b.png", "5", small).exit_code, 0);
    EXPECT_EQ(read_png(folder_.path / "b.png").rgb, picture.rgb);
    ASSERT_EQ(generate("c.webp", "6", {"--width", "160", "--height", "128", "--quality", "0"}).exit_code, 0);
    const Frame other = read_png(folder_.path / "c.webp");
    EXPECT_EQ(other.width, 160);
    EXPECT_NE(other.rgb, picture.rgb);
    const Ran told = app_test::run(folder_.path, {"recipe", (folder_.path / "a.png").string()});
    const Recipe recipe = recipe_from_json(told.out);
    EXPECT_EQ(recipe.frames, 1);
    EXPECT_EQ(recipe.seed, 5U);
    const Ran again = app_test::run(
        folder_.path,
        {"generate",
         "--recipe",
         (folder_.path / "a.png").string(),
         "--model",
         model_.string(),
         "--device",
         "cpu",
         "-o",
         (folder_.path / "again.png").string()}
    );
    ASSERT_EQ(again.exit_code, 0) << again.err;
    EXPECT_EQ(read_png(folder_.path / "again.png").rgb, picture.rgb);
}

} // namespace
} // namespace rushes
