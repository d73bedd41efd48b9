// Steering the built-in model by the real engine: the prompt changes while the clip is made, and another way
// is gone from a frame of it.
#include "desk/desk.h"
#include "gui/real_studio.h"
#include "media/clip_reader.h"
#include "media/quality.h"
#include "models/model_info.h"
#include "stage/prompt_lane.h"
#include "stage/stage_panel.h"

#include <algorithm>

namespace rushes::testing {
namespace {

constexpr double same = 0.97; ///< SSIM of one picture in two clips that differ later

class SteerReal : public RealStudio {
protected:
    static constexpr int frames = 97; // long enough that it is not over before somebody has typed

    ui::Player& player() { return window().stage().player(); }

    Recipe newestRecipe() { return window().session().shelf().model().item(0).record.recipe; }

    bool made(int clips_before) {
        return QTest::qWaitFor(
            [&] { return clips() == clips_before + 1 && !window().session().running(); }, 240'000
        );
    }

    std::vector<FramePtr> newestFrames() {
        ClipReader reader(newestFile());
        std::vector<FramePtr> all;
        while (FramePtr frame = reader.next()) {
            all.push_back(std::move(frame));
        }
        return all;
    }

    int framesOfABlock(const std::string& model) {
        const auto& models = window().session().models();
        return std::ranges::find(models, model, &ModelInfo::id)->lattice.frames_of(1).count;
    }

    /// How alike the least alike pair of frames first .. end-1 is.
    static double least(const std::vector<FramePtr>& a, const std::vector<FramePtr>& b, int first, int end) {
        double worst = 1;
        for (auto i = static_cast<std::size_t>(first); i < static_cast<std::size_t>(end); ++i) {
            worst = std::min(worst, ssim(*a.at(i), *b.at(i)));
        }
        return worst;
    }
};

TEST_F(SteerReal, TheNextBlockShowsTheOtherPromptAndSoDoesAnotherWay) {
    openStudio();
    Recipe longer = recipe();
    longer.frames = frames;
    longer.seed = 7;
    window().desk().applyRecipe(longer);
    type(QStringLiteral("a red ball bounces over the sea"));
    press(Qt::Key_Return, Qt::ControlModifier);
    ASSERT_TRUE(until([&] { return player().clip() && player().clip()->finalFrames() > 1; }));
    type(QStringLiteral("a yellow star spins in the night"));
    press(Qt::Key_Return, Qt::AltModifier);
    const int seen = static_cast<int>(player().clip()->finalFrames());
    ASSERT_TRUE(made(0));
    const Recipe steered = newestRecipe();
    EXPECT_EQ(steered.prompt, "a red ball bounces over the sea");
    ASSERT_EQ(steered.prompt_changes.size(), 1U);
    EXPECT_EQ(steered.prompt_changes[0].prompt, "a yellow star spins in the night");
    const int change = steered.prompt_changes[0].frame;
    EXPECT_GE(change, seen);
    const auto in_file = read_recipe(newestFile());
    ASSERT_TRUE(in_file.has_value());
    EXPECT_EQ(recipe_from_json(*in_file).prompt_changes, steered.prompt_changes);
    EXPECT_EQ(find<ui::PromptLane>("prompt-lane")->prompts().stretches.size(), 2U);
    shot(QStringLiteral("steered-real"));
    const auto steered_frames = newestFrames();
    ASSERT_EQ(steered_frames.size(), std::size_t{frames});

    // The same without steering: until the change the same frames, from its block on others.
    Recipe plain = steered;
    plain.prompt_changes.clear();
    window().desk().applyRecipe(plain);
    press(Qt::Key_Return, Qt::ControlModifier);
    ASSERT_TRUE(made(1));
    const auto plain_frames = newestFrames();
    ASSERT_EQ(plain_frames.size(), std::size_t{frames});
    const int block = framesOfABlock(steered.model);
    const double before = least(steered_frames, plain_frames, 0, change);
    EXPECT_GT(before, same) << "through a file that is not lossless";
    EXPECT_LT(least(steered_frames, plain_frames, change, change + block), before - 0.02)
        << "within one block";

    // Another way from a frame of the plain one.
    player().pause();
    player().seek(41);
    type(QStringLiteral("a blue box rises in the sky"));
    press(Qt::Key_Return, Qt::AltModifier | Qt::ShiftModifier);
    ASSERT_TRUE(made(2));
    const Recipe other = newestRecipe();
    ASSERT_EQ(other.prompt_changes.size(), 1U);
    EXPECT_EQ(other.prompt, "a red ball bounces over the sea");
    EXPECT_EQ(other.prompt_changes[0].prompt, "a blue box rises in the sky");
    const int turn = other.prompt_changes[0].frame;
    EXPECT_LE(turn, 41);
    EXPECT_GT(turn, 41 - block);
    const auto other_frames = newestFrames();
    const double kept = least(other_frames, plain_frames, 0, turn);
    EXPECT_GT(kept, same);
    EXPECT_LT(least(other_frames, plain_frames, turn, turn + block), kept - 0.02);
}

} // namespace
} // namespace rushes::testing
