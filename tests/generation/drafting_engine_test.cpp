// The engine with another model's draft before the clip.
#include "support/scratch_folder.h"
#include "torch_engine_fixture.h"

#include <gmock/gmock.h>

namespace rushes {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;

class DraftingEngineTest : public TorchEngineTest {
protected:
    /// `memory` as the plan is told.
    static Plan plan(std::uint64_t memory = 0, bool draft = true) {
        Recipe recipe;
        recipe.prompt = "a red ball";
        recipe.frames = 33;
        recipe.width = 512;
        recipe.height = 256;
        recipe.steps = 10;
        recipe.draft = draft;
        recipe.draft_model = "fake-small";
        const ModelInfo drafter = testing::fake_small_model();
        return make_plan(recipe, testing::fake_full_model(), {.memory = memory}, draft ? &drafter : nullptr);
    }

    auto loads() const { return std::ranges::count(calls_.log, "load"); }

    static constexpr std::uint64_t ample = 100'000'000'000;
};

TEST_F(DraftingEngineTest, TheFirstLookIsTheOtherModelsAndTheClipStartsAnew) {
    const Outcome outcome = run(plan());
    ASSERT_TRUE(std::holds_alternative<Finished>(outcome));
    ASSERT_EQ(draft_.size(), 17U);
    EXPECT_EQ(draft_.front()->width, 320);
    EXPECT_EQ(draft_.front()->height, 192);
    EXPECT_EQ(final_.size(), 33U);
    EXPECT_EQ(loads(), 2);
    ASSERT_EQ(calls_.previous.size(), 2U);
    EXPECT_FALSE(calls_.previous.back().defined());
    EXPECT_EQ(calls_.briefs.front().prompt, calls_.briefs.back().prompt);
    const RunReport report = report_of(outcome);
    ASSERT_NE(report.draft, nullptr);
    EXPECT_EQ(report.frames, 33);
    EXPECT_EQ(report.draft->frames, 0);
    const auto with = pixels(final_);
    final_.clear();
    ASSERT_TRUE(std::holds_alternative<Finished>(run(plan(0, false))));
    EXPECT_EQ(pixels(final_), with) << "the clip does not know of the draft";
}

TEST_F(DraftingEngineTest, WithoutRoomForBothEachRunReadsBoth) {
    run(plan());
    run(plan());
    EXPECT_EQ(loads(), 4);
}

TEST_F(DraftingEngineTest, WithRoomForBothBothStay) {
    ASSERT_TRUE(plan(ample).draft_stays);
    run(plan(ample));
    run(plan(ample));
    EXPECT_EQ(loads(), 2);
    EXPECT_EQ(std::ranges::count(calls_.log, "encode"), 2);
    run(plan(0, false)); // nobody counted with the other one any more
    run(plan(ample));
    EXPECT_EQ(loads(), 3);
    engine_.release();
    run(plan(ample));
    EXPECT_EQ(loads(), 5);
}

TEST_F(DraftingEngineTest, ProgressGoesOverBothAndNeverBack) {
    run(plan());
    double before = 0;
    bool drafts = true;
    for (const Progress& progress : progress_) {
        EXPECT_GE(progress.fraction, before);
        EXPECT_LE(progress.fraction, 1);
        before = progress.fraction;
        EXPECT_TRUE(drafts || !progress.draft) << "the draft comes once";
        drafts = progress.draft;
    }
    EXPECT_EQ(before, 1);
    EXPECT_THAT(progress_, Contains(::testing::Field(&Progress::draft, true)));
}

TEST_F(DraftingEngineTest, StopsWithinTheDraft) {
    stop_at("step 0 1");
    EXPECT_TRUE(std::holds_alternative<StoppedEarly>(run(plan())));
    EXPECT_EQ(loads(), 1);
    EXPECT_TRUE(final_.empty());
}

TEST_F(DraftingEngineTest, ARunThatGoesOnNeedsNoFirstLookAgain) {
    const test::ScratchFolder folder{"rushes-drafting-"};
    const auto into = [&] {
        RunSinks with = sinks();
        with.checkpoint = folder.path / "checkpoint";
        return with;
    };
    stop_at("step 0 5"); // of the clip: the draft has three
    ASSERT_TRUE(std::holds_alternative<StoppedEarly>(engine_.run(plan(), {}, into(), stop_.get_token())));
    EXPECT_EQ(draft_.size(), 17U);
    draft_.clear();
    calls_.at_call = {};
    calls_.log.clear();
    const Outcome outcome = engine_.run(plan(), {}, into(), {});
    ASSERT_TRUE(std::holds_alternative<Finished>(outcome));
    EXPECT_TRUE(draft_.empty());
    EXPECT_THAT(calls_.log, Contains("go on after 5"));
    EXPECT_EQ(report_of(outcome).draft, nullptr);
}

TEST_F(DraftingEngineTest, PicturesBehindItsEndAreNotGivenToTheDraft) {
    ModelInfo model = testing::fake_full_model();
    model.inputs = {{.role = role_keyframe}};
    ModelInfo drafter = testing::fake_small_model();
    drafter.inputs = model.inputs;
    Recipe recipe = plan().recipe;
    RunInputs inputs;
    for (const int frame : {5, 20}) {
        recipe.inputs.push_back({.role = role_keyframe, .hash = "00", .path = "a.png", .frame = frame});
        const Frame picture{.index = frame, .rgb = {}};
        inputs.pictures[role_keyframe].push_back(std::make_shared<const Frame>(picture));
    }
    engine_.run(make_plan(recipe, model, {}, &drafter), inputs, sinks(), {});
    const auto frames = [&](std::size_t brief) {
        std::vector<std::int64_t> indices;
        for (const FramePtr& picture : calls_.briefs.at(brief).inputs.pictures.at(role_keyframe)) {
            indices.push_back(picture->index);
        }
        return indices;
    };
    EXPECT_THAT(frames(0), ElementsAre(5));
    EXPECT_THAT(frames(1), ElementsAre(5, 20));
}

} // namespace
} // namespace rushes
