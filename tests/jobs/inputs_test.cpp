#include "base/error.h"
#include "base/sha256.h"
#include "jobs/read_inputs.h"
#include "media/encoder.h"
#include "media/image.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <iterator>
#include <unistd.h>

namespace rushes {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

Frame plain(std::uint8_t level, int width = 32) {
    return {width, 16, 0, std::vector<std::uint8_t>(static_cast<std::size_t>(width) * 16 * 3, level)};
}

class Inputs : public ::testing::Test {
protected:
    Inputs() : folder_(fs::temp_directory_path() / ("rushes-inputs-" + std::to_string(::getpid()))) {
        fs::create_directories(folder_);
    }

    ~Inputs() override { fs::remove_all(folder_); }

    fs::path picture(const std::string& name, std::uint8_t level) const {
        write_png(folder_ / name, plain(level));
        return folder_ / name;
    }

    /// Frame i is of level 5 i.
    fs::path clip(int frames) const {
        const auto encoder = Encoder::open(folder_ / "clip.mkv", 32, 16, {12, 1}, {}, "");
        for (int i = 0; i < frames; ++i) {
            encoder->write(plain(static_cast<std::uint8_t>(5 * i)));
        }
        return encoder->finish().path;
    }

    static std::string refusal(const Recipe& recipe) {
        try {
            read_inputs(recipe);
        } catch (const Error& error) {
            EXPECT_EQ(error.kind(), ErrorKind::user);
            return error.what();
        }
        return "no error";
    }

    const fs::path folder_;
};

int level_of(const FramePtr& frame) {
    return frame->rgb.front();
}

TEST_F(Inputs, ALoraThatIsGoneOrAnotherIsRefused) {
    const fs::path file = folder_ / "style.safetensors";
    std::ofstream(file) << "one";
    Recipe recipe;
    recipe.loras = {recipe_lora(file, 0.5)};
    EXPECT_EQ(recipe.loras[0].strength, 0.5);
    EXPECT_EQ(refusal(recipe), "no error");
    std::ofstream(file) << "two";
    EXPECT_THAT(refusal(recipe), HasSubstr("is not the LoRA any more"));
    fs::remove(file);
    EXPECT_THAT(refusal(recipe), HasSubstr("style.safetensors', a LoRA that"));
    EXPECT_THROW(recipe_lora(file, 1), Error);
}

TEST_F(Inputs, ARecipeHoldsWhereAPictureIsAndWhatIsInIt) {
    const fs::path file = picture("a.png", 100);
    const RecipeInput input = recipe_input(role_image, file);
    EXPECT_EQ(input.role, "image");
    EXPECT_EQ(input.path, fs::absolute(file).string());
    std::ifstream stream(file, std::ios::binary);
    Sha256 hash;
    hash.update(std::string(std::istreambuf_iterator<char>(stream), {}));
    EXPECT_EQ(input.hash, hash.finish());
    EXPECT_THROW(recipe_input(role_image, folder_ / "none.png"), Error);
    EXPECT_THROW(recipe_input(role_image, folder_), Error);
}

TEST_F(Inputs, APictureThatAProgramOfOursMadeBringsItsRecipeAlong) {
    Recipe still;
    still.prompt = "a fox";
    const auto encoder = Encoder::open(folder_ / "fox.png", 32, 16, {1, 1}, {}, to_json(still));
    encoder->write(plain(9));
    const fs::path file = encoder->finish().path;
    EXPECT_EQ(recipe_from_json(recipe_input(role_image, file).made_by), still);
    EXPECT_EQ(recipe_input(role_clip, file).made_by, "");
    EXPECT_EQ(recipe_input(role_image, picture("a.png", 1)).made_by, "");
    still.prompt = std::string(8'000, 'x');
    still.negative_prompt = std::string(8'000, 'x');
    still.prompt_changes = {{9, std::string(2'000, 'x')}};
    const auto another = Encoder::open(folder_ / "long.png", 32, 16, {1, 1}, {}, to_json(still));
    another->write(plain(9));
    EXPECT_EQ(recipe_input(role_image, another->finish().path).made_by, "") << "not without bound";
}

TEST_F(Inputs, PicturesAndClipsAreDecodedByTheirRole) {
    const fs::path file = clip(40);
    Recipe recipe;
    recipe.inputs = {
        recipe_input(role_image, file), recipe_input(role_last_image, file), recipe_input(role_clip, file)
    };
    const RunInputs inputs = read_inputs(recipe);
    ASSERT_EQ(inputs.pictures.size(), 3u);
    ASSERT_EQ(inputs.pictures.at(role_image).size(), 1u);
    EXPECT_EQ(level_of(inputs.pictures.at(role_image).front()), 0) << "the first frame";
    ASSERT_EQ(inputs.pictures.at(role_last_image).size(), 1u);
    EXPECT_EQ(level_of(inputs.pictures.at(role_last_image).front()), 195) << "the last one";
    const auto& frames = inputs.pictures.at(role_clip);
    ASSERT_EQ(frames.size(), most_clip_frames);
    for (std::size_t i = 0; i < frames.size(); ++i) {
        EXPECT_EQ(level_of(frames[i]), 5 * static_cast<int>(40 - most_clip_frames + i));
    }
    EXPECT_TRUE(read_inputs(Recipe()).pictures.empty());
}

TEST_F(Inputs, KeyframesComeInTimeOrderWithTheirFrames) {
    Recipe recipe;
    recipe.inputs = {
        recipe_input(role_keyframe, picture("late.png", 90)),
        recipe_input(role_keyframe, picture("soon.png", 30))
    };
    recipe.inputs[0].frame = 60;
    recipe.inputs[1].frame = 20;
    const auto keyframes = read_inputs(recipe).pictures.at(role_keyframe);
    ASSERT_EQ(keyframes.size(), 2U);
    EXPECT_EQ(keyframes[0]->index, 20);
    EXPECT_EQ(level_of(keyframes[0]), 30);
    EXPECT_EQ(keyframes[1]->index, 60);
    EXPECT_EQ(level_of(input_picture(recipe.inputs[0])), 90);
}

TEST_F(Inputs, APictureThatIsGoneOrChangedIsNamed) {
    const fs::path file = picture("a.png", 100);
    Recipe recipe;
    recipe.inputs = {recipe_input(role_image, file)};
    EXPECT_EQ(level_of(read_inputs(recipe).pictures.at(role_image).front()), 100);
    picture("a.png", 101);
    EXPECT_THAT(refusal(recipe), HasSubstr("a.png' is not the picture any more"));
    fs::remove(file);
    EXPECT_THAT(refusal(recipe), HasSubstr("a.png', a picture that the clip is made with, is not there"));
}

} // namespace
} // namespace rushes
