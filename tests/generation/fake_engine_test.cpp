// What tests elsewhere rely on.
#include "support/fake_engine.h"

#include <gtest/gtest.h>

namespace rushes {
namespace {

Plan plan_of(const ModelInfo& model) {
    Recipe recipe;
    recipe.seed = 3;
    return make_plan(recipe, model);
}

TEST(FakeEngine, MakesEveryFrameOfEveryPass) {
    testing::FakeEngine engine;
    int draft = 0;
    int final = 0;
    RunSinks sinks;
    sinks.frame = [&](FramePtr frame, bool is_draft) {
        int& count = is_draft ? draft : final;
        EXPECT_EQ(frame->index, count++);
    };
    const Plan plan = plan_of(testing::fake_full_model());
    const Outcome outcome = engine.run(plan, {}, sinks, {});
    ASSERT_TRUE(std::holds_alternative<Finished>(outcome));
    EXPECT_EQ(draft, plan.passes.front().frames);
    EXPECT_EQ(final, 81);
    EXPECT_EQ(std::get<Finished>(outcome).report.frames, 81);
}

TEST(FakeEngine, SamePlanSamePicturesAndTheyMove) {
    const Pass pass = plan_of(testing::fake_causal_model()).passes.back();
    EXPECT_EQ(testing::fake_picture(pass, 5).rgb, testing::fake_picture(pass, 5).rgb);
    EXPECT_NE(testing::fake_picture(pass, 5).rgb, testing::fake_picture(pass, 6).rgb);
}

TEST(FakeEngine, FailsAsTheScriptSays) {
    testing::FakeScript script;
    script.error = Error(ErrorKind::resource, "No memory.");
    script.error_phase = Phase::decoding;
    script.error_after_frames = 5;
    testing::FakeEngine engine(script);
    const Outcome outcome = engine.run(plan_of(testing::fake_causal_model()), {}, {}, {});
    ASSERT_TRUE(std::holds_alternative<Failed>(outcome));
    EXPECT_EQ(std::get<Failed>(outcome).report.frames, 5);
}

TEST(FakeEngine, StopsBetweenFrames) {
    std::stop_source stop;
    testing::FakeEngine engine;
    RunSinks sinks;
    sinks.frame = [&](FramePtr frame, bool) {
        if (frame->index == 6) {
            stop.request_stop();
        }
    };
    const Outcome outcome = engine.run(plan_of(testing::fake_causal_model()), {}, sinks, stop.get_token());
    ASSERT_TRUE(std::holds_alternative<StoppedEarly>(outcome));
    EXPECT_EQ(std::get<StoppedEarly>(outcome).report.frames, 7);
}

} // namespace
} // namespace rushes
