// What the engine hands from one part of a run to the next: inputs to the conditioning, latents to a
// refinement, late frames to the sinks, LoRAs to a model that is loaded already.
#include "generation/torch_engine.h"
#include "support/fake_engine.h"
#include "support/fake_pipeline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ATen/ATen.h>

namespace rushes {
namespace {

using ::testing::ElementsAre;

class EngineSeams : public ::testing::Test {
protected:
    static ModelInfo model() {
        ModelInfo model = testing::fake_causal_model();
        model.inputs = {{role_image}, {role_last_image}};
        model.takes_loras = true;
        return model;
    }

    static Recipe recipe() {
        Recipe recipe;
        recipe.prompt = "a red ball";
        recipe.frames = 9;
        return recipe;
    }

    void run(const Plan& plan, const RunInputs& inputs = {}) {
        RunSinks sinks;
        sinks.progress = [this](const Progress& progress) { progress_.push_back(progress); };
        sinks.frame = [this](FramePtr frame, bool draft) {
            (draft ? draft_ : final_).push_back(frame->index);
        };
        ASSERT_TRUE(std::holds_alternative<Finished>(engine_.run(plan, inputs, sinks, {})));
    }

    std::ptrdiff_t calls(const std::string& call) const { return std::ranges::count(calls_.log, call); }

    testing::FakeCalls calls_;
    TorchEngine engine_{
        EngineOptions{.device = "cpu", .threads = 1},
        [this](const ModelInfo& info, const LoadOptions& options, std::stop_token stop) {
            loaded_with_.push_back(options.loras);
            return testing::make_fake_pipeline(info, options, calls_, std::move(stop));
        }
    };
    std::vector<Progress> progress_;
    std::vector<std::int64_t> draft_;
    std::vector<std::int64_t> final_;
    std::vector<std::vector<LoraFile>> loaded_with_;
};

TEST_F(EngineSeams, FramesMayComeLateAndAtTheEnd) {
    calls_.decodes_late = true;
    run(make_plan(recipe(), model()));
    EXPECT_THAT(final_, ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8));
    EXPECT_EQ(progress_.back().frames_done, 9);
    EXPECT_EQ(progress_.back().decoded, 1);
    for (std::size_t i = 1; i < progress_.size(); ++i) {
        EXPECT_GE(progress_[i].decoded, progress_[i - 1].decoded) << "the bar goes back";
    }
}

TEST_F(EngineSeams, ARefinementStartsFromTheCleanLatentsOfThePassBefore) {
    ModelInfo two_passes = model();
    two_passes.refinement = {.scale = 2, .steps = 3};
    run(make_plan(recipe(), two_passes));
    ASSERT_EQ(calls_.previous.size(), 2U);
    EXPECT_FALSE(calls_.previous[0].defined());
    ASSERT_TRUE(calls_.previous[1].defined());
    EXPECT_EQ(calls_.previous[1].sizes(), at::IntArrayRef({1, 4, 3, 6, 10}));
    EXPECT_EQ(draft_.size(), 9U) << "the first pass is a first look";
    EXPECT_EQ(final_.size(), 9U);
    EXPECT_EQ(progress_.back().steps, 3);
}

TEST_F(EngineSeams, NoLatentsAreHandedToAPassThatStartsFromNoise) {
    Plan plan = make_plan(recipe(), model());
    plan.passes.push_back(plan.passes.back());
    plan.pass_work.push_back(plan.pass_work.back());
    run(plan);
    EXPECT_FALSE(calls_.previous.at(1).defined());
}

TEST_F(EngineSeams, PicturesReachTheConditioningByTheirRole) {
    Recipe wanted = recipe();
    wanted.inputs = {{role_image, "00", "a.png"}};
    RunInputs inputs;
    inputs.pictures[role_image] = {std::make_shared<Frame>(Frame{2, 1, 0, {1, 2, 3, 4, 5, 6}})};
    run(make_plan(wanted, model()), inputs);
    ASSERT_EQ(calls_.briefs.size(), 1U);
    EXPECT_EQ(calls_.briefs[0].prompt, "a red ball");
    EXPECT_EQ(calls_.briefs[0].inputs.pictures, inputs.pictures);
}

TEST_F(EngineSeams, AConditioningIsMadeAnewOnlyWhenWhatItIsMadeOfChanges) {
    Recipe wanted = recipe();
    run(make_plan(wanted, model()));
    wanted.seed = 9;
    run(make_plan(wanted, model()));
    EXPECT_EQ(calls("encode"), 1);
    wanted.inputs = {{role_image, "00", "a.png"}};
    run(make_plan(wanted, model()));
    EXPECT_EQ(calls("encode"), 2) << "with a picture";
    wanted.inputs[0].path = "moved/a.png";
    run(make_plan(wanted, model()));
    EXPECT_EQ(calls("encode"), 2) << "the same picture elsewhere";
    wanted.inputs[0].hash = "11";
    run(make_plan(wanted, model()));
    EXPECT_EQ(calls("encode"), 3) << "another picture";
    wanted.inputs[0].role = role_last_image;
    run(make_plan(wanted, model()));
    EXPECT_EQ(calls("encode"), 4) << "in another role";
    wanted.loras = {{"22", "a.safetensors", 1}};
    run(make_plan(wanted, model()));
    EXPECT_EQ(calls("encode"), 5) << "a LoRA may change the text encoder";
    wanted.loras[0].strength = 0.5;
    run(make_plan(wanted, model()));
    EXPECT_EQ(calls("encode"), 6) << "another strength";
}

TEST_F(EngineSeams, LorasChangeWithoutLoadingWhereTheModelCan) {
    calls_.changes_loras = true;
    Recipe wanted = recipe();
    run(make_plan(wanted, model()));
    EXPECT_EQ(calls("loras 0"), 0) << "nothing to change";
    wanted.loras = {{"22", "a.safetensors", 1}};
    run(make_plan(wanted, model()));
    run(make_plan(wanted, model()));
    EXPECT_EQ(calls("loras 1"), 1);
    EXPECT_EQ(calls("load"), 1);
}

TEST_F(EngineSeams, OtherwiseTheModelIsLoadedWithThem) {
    Recipe wanted = recipe();
    run(make_plan(wanted, model()));
    wanted.loras = {{"22", "a.safetensors", 0.5}};
    run(make_plan(wanted, model()));
    EXPECT_THAT(
        loaded_with_, ElementsAre(std::vector<LoraFile>(), std::vector<LoraFile>{{"a.safetensors", 0.5}})
    );
}

} // namespace
} // namespace rushes
