// docs/add-a-model-family.md followed to the letter: a folder (guide/models/colour) and a line (families.def)
// make a family that is found, planned, loaded and run like any other.
#include "base/atomic_file.h"
#include "base/error.h"
#include "generation/torch_engine.h"
#include "models/registry.h"

#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace rushes {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class Guide : public testing::Test {
protected:
    void SetUp() override {
        fs::remove_all(directory_);
        fs::create_directories(directory_ / "painter");
        write_file(
            directory_ / "model_index.json",
            R"({"_class_name": "ColourPipeline", "painter": ["tests", "Painter"]})"
        );
        write_file(directory_ / "painter" / "config.json", R"({"grey": 200})");
    }

    void TearDown() override { fs::remove_all(directory_); }

    std::vector<FramePtr> run(const std::string& prompt) {
        Recipe recipe;
        recipe.prompt = prompt;
        std::vector<FramePtr> frames;
        RunSinks sinks;
        sinks.frame = [&](FramePtr frame, bool) { frames.push_back(std::move(frame)); };
        TorchEngine engine({.device = "cpu", .threads = 1}, load_pipeline);
        const Outcome outcome = engine.run(make_plan(recipe, describe_model(directory_)), {}, sinks, {});
        EXPECT_TRUE(std::holds_alternative<Finished>(outcome));
        return frames;
    }

    const fs::path directory_ = fs::temp_directory_path() / ("rushes-guide-" + std::to_string(::getpid()));
};

TEST_F(Guide, AFolderAndALineMakeAFamily) {
    const ModelInfo info = describe_model(directory_);
    EXPECT_EQ(info.family, "colour");
    EXPECT_FALSE(info.hash.empty());
    const Plan plan = make_plan(Recipe(), info);
    EXPECT_EQ(plan.recipe.frames, 4);
    EXPECT_GT(plan.work, 0);
}

TEST_F(Guide, ItsClipsAreMadeByTheEngine) {
    const std::vector<FramePtr> frames = run("anything");
    ASSERT_EQ(frames.size(), 4U);
    EXPECT_EQ(frames[3]->width, 64);
    EXPECT_EQ(frames[3]->rgb, std::vector<std::uint8_t>(64 * 32 * 3, 200));
    EXPECT_EQ(run("darker").front()->rgb.front(), 100);
}

TEST_F(Guide, ItIsNamedWhereFamiliesAreListed) {
    write_file(directory_ / "model_index.json", R"({"_class_name": "OtherPipeline"})");
    try {
        describe_model(directory_);
        FAIL() << "described";
    } catch (const Error& error) {
        EXPECT_THAT(error.hint(), HasSubstr("ColourPipeline"));
    }
    ASSERT_EQ(published_models().size(), 1U);
    EXPECT_EQ(published_models().front().name, "One colour");
}

} // namespace
} // namespace rushes
