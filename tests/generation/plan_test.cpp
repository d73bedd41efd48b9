#include "base/error.h"
#include "generation/plan.h"
#include "support/fake_engine.h"

#include <functional>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rushes {
namespace {

using ::testing::ElementsAre;
using testing::fake_causal_model;
using testing::fake_full_model;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Recipe with(const std::function<void(Recipe&)>& edit) {
    Recipe recipe;
    recipe.prompt = "a red ball";
    edit(recipe);
    return recipe;
}

PictureSize size_of(const Plan& plan) {
    return {plan.recipe.width, plan.recipe.height};
}

TEST(Plan, CompletesEveryDefault) {
    const Plan plan = make_plan(with([](Recipe&) {}), fake_full_model());
    EXPECT_THAT(plan.changes, IsEmpty());
    EXPECT_EQ(size_of(plan), (PictureSize{832, 480}));
    EXPECT_EQ(plan.recipe.frames, 81);
    EXPECT_EQ(plan.recipe.frame_rate, (FrameRate{16, 1}));
    EXPECT_EQ(plan.recipe.steps, 50);
    EXPECT_EQ(plan.recipe.guidance_scale, 5);
    EXPECT_EQ(plan.recipe.scheduler, "unipc");
    EXPECT_EQ(plan.recipe.model, "fake-full");
    EXPECT_EQ(plan.recipe.model_hash, "fake-full-1");
}

TEST(Plan, OfItsOwnRecipeIsTheSame) {
    for (const ModelInfo& model : {fake_causal_model(), fake_full_model()}) {
        const Plan first = make_plan(
            with([](Recipe& recipe) {
                recipe.width = 333;
                recipe.frames = 30;
            }),
            model
        );
        const Plan second = make_plan(first.recipe, model);
        EXPECT_EQ(second.recipe, first.recipe);
        EXPECT_EQ(second.passes, first.passes);
        EXPECT_THAT(second.changes, IsEmpty());
    }
}

struct SizeCase {
    int width;
    int height;
    PictureSize bucket; ///< of 160x96, 96x160, 128x128
    PictureSize free;   ///< multiples of 16 from 832x480 up
};

class PlanSize : public ::testing::TestWithParam<SizeCase> {};

TEST_P(PlanSize, SnapsToTheLattice) {
    const SizeCase c = GetParam();
    const Recipe recipe = with([&](Recipe& r) {
        r.width = c.width;
        r.height = c.height;
    });
    EXPECT_EQ(size_of(make_plan(recipe, fake_causal_model())), c.bucket);
    EXPECT_EQ(size_of(make_plan(recipe, fake_full_model())), c.free);
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    PlanSize,
    ::testing::Values(
        SizeCase{0, 0, {160, 96}, {832, 480}},
        SizeCase{160, 96, {160, 96}, {160, 96}},
        SizeCase{1920, 1080, {160, 96}, {1920, 1088}},
        SizeCase{1080, 1920, {96, 160}, {1088, 1920}},
        SizeCase{1080, 1080, {128, 128}, {1088, 1088}},
        SizeCase{100, 90, {128, 128}, {96, 96}},
        SizeCase{1, 1, {128, 128}, {16, 16}},
        SizeCase{16384, 1, {160, 96}, {16384, 16}},
        SizeCase{416, 0, {160, 96}, {416, 240}},
        SizeCase{0, 240, {160, 96}, {416, 240}}
    )
);

TEST(Plan, SaysWhyASizeChanged) {
    const Plan plan = make_plan(
        with([](Recipe& r) {
            r.width = 1920;
            r.height = 1080;
        }),
        fake_causal_model()
    );
    EXPECT_THAT(plan.changes, ElementsAre(HasSubstr("1920x1080 became 160x96")));
    EXPECT_THAT(plan.changes.front(), HasSubstr("160x96, 96x160, 128x128"));
}

struct FramesCase {
    int wanted;
    int frames;
};

class PlanFrames : public ::testing::TestWithParam<FramesCase> {};

TEST_P(PlanFrames, SnapToStrideTimesKPlusOne) {
    const Plan plan = make_plan(with([](Recipe& r) { r.frames = GetParam().wanted; }), fake_full_model());
    EXPECT_EQ(plan.recipe.frames, GetParam().frames);
    EXPECT_EQ(
        plan.changes.size(), GetParam().wanted == 0 || GetParam().wanted == GetParam().frames ? 0U : 1U
    );
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    PlanFrames,
    ::testing::Values(
        FramesCase{0, 81},
        FramesCase{1, 1},
        FramesCase{2, 1},
        FramesCase{3, 5},
        FramesCase{5, 5},
        FramesCase{80, 81},
        FramesCase{82, 81},
        FramesCase{83, 85},
        FramesCase{121, 121}
    )
);

TEST(Plan, FramesNeverSnapBeyondTheModelsLimit) {
    ModelInfo model = fake_full_model();
    model.lattice.max_frames = 120; // not on the lattice
    EXPECT_EQ(make_plan(with([](Recipe& r) { r.frames = 120; }), model).recipe.frames, 117);
}

TEST(Plan, DistilledModelsKeepTheirStepsAndGuidance) {
    const Plan plan = make_plan(
        with([](Recipe& r) {
            r.steps = 30;
            r.guidance_scale = 7;
        }),
        fake_causal_model()
    );
    EXPECT_EQ(plan.recipe.steps, 4);
    EXPECT_EQ(plan.recipe.guidance_scale, 1);
    EXPECT_THAT(plan.changes, ElementsAre(HasSubstr("30 steps became 4"), HasSubstr("Guidance 7 became 1")));
}

TEST(Plan, ANegativePromptWithoutGuidanceIsSaidToHaveNoEffect) {
    const Plan plan = make_plan(with([](Recipe& r) { r.negative_prompt = "blurry"; }), fake_causal_model());
    EXPECT_THAT(plan.changes, ElementsAre(HasSubstr("no effect")));
}

TEST(Plan, OtherWeightsThanTheRecipesAreSaid) {
    const Plan plan = make_plan(with([](Recipe& r) { r.model_hash = "older"; }), fake_causal_model());
    EXPECT_THAT(plan.changes, ElementsAre(HasSubstr("other weights")));
    EXPECT_EQ(plan.recipe.model_hash, "fake-causal-1");
}

TEST(Plan, FullSequenceModelsDraftFirst) {
    const Plan plan = make_plan(with([](Recipe&) {}), fake_full_model());
    ASSERT_EQ(plan.passes.size(), 2U);
    const Pass& draft = plan.passes.front();
    EXPECT_EQ(draft.kind, PassKind::draft);
    EXPECT_EQ(draft.width, 256);
    EXPECT_EQ(draft.height, 144);
    EXPECT_EQ(draft.frames, 17);
    EXPECT_EQ(draft.steps, 10);
    EXPECT_EQ(plan.passes.back().kind, PassKind::base);
    EXPECT_FALSE(plan.is_final(0));
    EXPECT_TRUE(plan.is_final(1));
    EXPECT_LT(plan.pass_work.front().total() * 4, plan.pass_work.back().total());
    EXPECT_DOUBLE_EQ(plan.work, plan.pass_work.front().total() + plan.pass_work.back().total());
}

TEST(Plan, AModelMaySayWhatItsDraftIs) {
    ModelInfo model = fake_full_model();
    model.lattice.frame_stride = 1; // the founding article's: 4 frames, 2 steps, 256 pixels
    model.lattice.sizes = {{512, 512}};
    model.default_frames = 16;
    model.default_steps = 8;
    model.draft = {.long_side = 256, .latent_frames = 4, .steps = 2};
    const Plan plan = make_plan(with([](Recipe&) {}), model);
    ASSERT_EQ(plan.passes.size(), 2U);
    EXPECT_EQ(plan.passes[0].width, 256);
    EXPECT_EQ(plan.passes[0].frames, 4);
    EXPECT_EQ(plan.passes[0].steps, 2);
    EXPECT_EQ(plan.passes[1].frames, 16);
}

TEST(Plan, AFamilyThatAsksForARefinementGetsTwoPasses) {
    ModelInfo model = fake_full_model();
    ASSERT_EQ(model.lattice.size_multiple % 2, 0);
    model.refinement = {.scale = 2, .steps = 3};
    const Plan plan = make_plan(
        with([](Recipe& r) {
            r.width = 832;
            r.height = 480;
            r.steps = 20;
        }),
        model
    );
    ASSERT_EQ(plan.passes.size(), 2U); // and no draft: the first pass is the first look
    const Pass& base = plan.passes[0];
    EXPECT_EQ(base.kind, PassKind::base);
    EXPECT_EQ(base.start, PassStart::noise);
    EXPECT_EQ(base.width, 416);
    EXPECT_EQ(base.height, 240);
    EXPECT_EQ(base.steps, 20);
    const Pass& refine = plan.passes[1];
    EXPECT_EQ(refine.kind, PassKind::refine);
    EXPECT_EQ(refine.start, PassStart::previous);
    EXPECT_EQ(refine.width, 832);
    EXPECT_EQ(refine.steps, 3);
    EXPECT_EQ(refine.frames, base.frames);
    EXPECT_EQ(refine.seed, base.seed);
    EXPECT_EQ(plan.costs.size(), 2U);
    EXPECT_EQ(make_plan(plan.recipe, fake_full_model()).passes.back().kind, PassKind::base);
}

TEST(Plan, NoDraftWhereItWouldOnlyDelay) {
    EXPECT_EQ(make_plan(with([](Recipe&) {}), fake_causal_model()).passes.size(), 1U) << "causal";
    EXPECT_EQ(make_plan(with([](Recipe& r) { r.draft = false; }), fake_full_model()).passes.size(), 1U)
        << "not wanted";
    const auto tiny = with([](Recipe& r) {
        r.width = 64;
        r.height = 64;
        r.frames = 5;
        r.steps = 4;
    });
    EXPECT_EQ(make_plan(tiny, fake_full_model()).passes.size(), 1U) << "the clip itself is as quick";
}

TEST(Plan, WorkAndMemoryGrowWithTheClip) {
    const auto plan = [](int width, int frames) {
        return make_plan(
            with([&](Recipe& r) {
                r.width = width;
                r.frames = frames;
            }),
            fake_full_model()
        );
    };
    EXPECT_GT(plan(832, 81).work, plan(832, 41).work);
    EXPECT_GT(plan(832, 81).work, plan(416, 81).work);
    EXPECT_GT(plan(1280, 81).peak_memory_bytes, plan(832, 81).peak_memory_bytes);
    EXPECT_GT(plan(832, 81).peak_memory_bytes, fake_full_model().weight_bytes);
}

TEST(Plan, MemoryOfCausalModelsDoesNotGrowWithTheClip) {
    const auto memory = [](int frames) {
        return make_plan(with([&](Recipe& r) { r.frames = frames; }), fake_causal_model()).peak_memory_bytes;
    };
    EXPECT_EQ(memory(33), memory(3001));
}

struct BadPlan {
    const char* name;
    std::function<void(Recipe&)> edit;
    const char* says;
};

class PlanRefusal : public ::testing::TestWithParam<BadPlan> {};

TEST_P(PlanRefusal, SaysWhatIsWrong) {
    try {
        make_plan(with(GetParam().edit), fake_full_model());
        FAIL() << "accepted";
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::user);
        EXPECT_THAT(error.what(), HasSubstr(GetParam().says));
    }
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    PlanRefusal,
    ::testing::Values(
        BadPlan{
            "LongPrompt", [](Recipe& r) { r.prompt = std::string(8193, 'a'); }, "is 1 character too long"
        },
        BadPlan{
            "LongNegative",
            [](Recipe& r) { r.negative_prompt = std::string(9000, 'a'); },
            "negative prompt is 808 characters too long"
        },
        BadPlan{"NotUtf8", [](Recipe& r) { r.prompt = "\xC0\x80"; }, "UTF-8"},
        BadPlan{"Nul", [](Recipe& r) { r.prompt = std::string("a\0b", 3); }, "UTF-8"},
        BadPlan{"NegativeWidth", [](Recipe& r) { r.width = -1; }, "-1 pixels"},
        BadPlan{"HugeHeight", [](Recipe& r) { r.height = 20'000; }, "20000 pixels"},
        BadPlan{"NegativeFrames", [](Recipe& r) { r.frames = -4; }, "at least 1"},
        BadPlan{"TooLong", [](Recipe& r) { r.frames = 125; }, "121 frames, 7.6 s"},
        BadPlan{"NoRate", [](Recipe& r) { r.frame_rate = {12, 0}; }, "frame rate"},
        BadPlan{"HugeRate", [](Recipe& r) { r.frame_rate = {1000, 1}; }, "1000 frames a second"},
        BadPlan{"NegativeSteps", [](Recipe& r) { r.steps = -1; }, "-1 steps"},
        BadPlan{"ManySteps", [](Recipe& r) { r.steps = 1001; }, "1001 steps"},
        BadPlan{"HugeGuidance", [](Recipe& r) { r.guidance_scale = 101; }, "guidance of 101"},
        BadPlan{"GuidanceNan", [](Recipe& r) { r.guidance_scale = std::nan(""); }, "guidance"},
        BadPlan{"Scheduler", [](Recipe& r) { r.scheduler = "dpm"; }, "no scheduler 'dpm'"},
        BadPlan{"Dtype", [](Recipe& r) { r.dtype = "fp16"; }, "'fp16'"}
    ),
    [](const auto& tested) { return tested.param.name; }
);

std::string refusal(const Recipe& recipe, const ModelInfo& model) {
    try {
        make_plan(recipe, model);
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::user);
        return error.what();
    }
    return "accepted";
}

TEST(Plan, InputsThatTheModelDoesNotTakeAreRefused) {
    ModelInfo model = fake_full_model();
    const Recipe image = with([](Recipe& r) { r.inputs = {{"image", "00", "a.png"}}; });
    EXPECT_THAT(refusal(image, model), HasSubstr("from text alone"));
    model.inputs = {{"clip"}};
    EXPECT_THAT(refusal(image, model), HasSubstr("It takes: clip."));
    model.inputs = {{"image"}, {"last_image"}};
    const Plan plan = make_plan(image, model);
    EXPECT_EQ(plan.passes.back().start, PassStart::inputs);
    EXPECT_EQ(plan.recipe.inputs, image.inputs);
    Recipe two = image;
    two.inputs.push_back(two.inputs.front());
    EXPECT_THAT(refusal(two, model), HasSubstr("more than one"));
}

TEST(Plan, FastDecodingNeedsATinyDecoder) {
    ModelInfo model = fake_full_model();
    const Recipe fast = with([](Recipe& r) { r.fast_decode = true; });
    const Plan without = make_plan(fast, model);
    EXPECT_FALSE(without.passes.back().fast_decode);
    EXPECT_FALSE(without.recipe.fast_decode);
    EXPECT_THAT(without.changes, ::testing::Contains(HasSubstr("no tiny decoder")));
    model.parts["tiny_decoder"] = "taew2_1.safetensors";
    const Plan plan = make_plan(fast, model);
    EXPECT_TRUE(plan.passes.back().fast_decode);
    EXPECT_FALSE(make_plan(with([](Recipe&) {}), model).passes.back().fast_decode);
}

TEST(Plan, AnInputThatTheModelNeedsIsAskedFor) {
    ModelInfo model = fake_full_model();
    model.inputs = {{"image", true}};
    EXPECT_THAT(refusal(with([](Recipe&) {}), model), HasSubstr("needs an input of the kind 'image'"));
}

TEST(Plan, AClipMayStandForThePictureButNotBesideIt) {
    ModelInfo model = fake_full_model();
    model.inputs = {{"image", true}, {"clip", false, "image"}};
    const RecipeInput image{"image", "00", "a.png"};
    const RecipeInput clip{"clip", "01", "a.mp4"};
    EXPECT_EQ(refusal(with([&](Recipe& r) { r.inputs = {clip}; }), model), "accepted");
    EXPECT_EQ(refusal(with([&](Recipe& r) { r.inputs = {image}; }), model), "accepted");
    EXPECT_THAT(refusal(with([&](Recipe& r) { r.inputs = {image, clip}; }), model), HasSubstr("two things"));
}

TEST(Plan, KeyframesStandWithinTheClipEachAtAFrameOfItsOwn) {
    ModelInfo model = fake_full_model();
    model.inputs = {{"image"}, {"keyframe"}};
    const auto with_frames = [&](const std::vector<int>& frames) {
        return refusal(
            with([&](Recipe& r) {
                r.frames = 81;
                for (const int frame : frames) {
                    r.inputs.push_back({"keyframe", "00", "a.png", {}, frame});
                }
            }),
            model
        );
    };
    EXPECT_EQ(with_frames({1, 40, 79}), "accepted");
    EXPECT_THAT(with_frames({0}), HasSubstr("stands at frame 1, but those within a clip of 81 are 2 to 80"));
    EXPECT_THAT(with_frames({80}), HasSubstr("stands at frame 81"));
    EXPECT_THAT(with_frames({40, 40}), HasSubstr("Two pictures stand at frame 41"));
    model.inputs = {{"image"}};
    EXPECT_THAT(with_frames({40}), HasSubstr("cannot start from an input of the kind 'keyframe'"));
}

TEST(Plan, AStudentsScheduleBringsItsStepsAndGuidance) {
    ModelInfo model = fake_full_model();
    model.schedulers.emplace_back("dmd");
    model.few_steps = {{"dmd", 3, 16}};
    const auto pass_of = [&](const std::function<void(Recipe&)>& change) {
        return make_plan(with(change), model).passes.back();
    };
    const Pass usual = pass_of([](Recipe& r) { r.scheduler = "dmd"; });
    EXPECT_EQ(usual.steps, 3);
    EXPECT_EQ(usual.guidance_scale, 1);
    const Pass own = pass_of([](Recipe& r) {
        r.scheduler = "dmd";
        r.steps = 40;
        r.guidance_scale = 2;
    });
    EXPECT_EQ(own.steps, 16);
    EXPECT_EQ(own.guidance_scale, 2);
    EXPECT_EQ(pass_of([](Recipe&) {}).steps, model.default_steps) << "another scheduler is as before";
}

TEST(Plan, LorasAreForModelsThatTakeThem) {
    ModelInfo model = fake_full_model();
    Recipe recipe = with([](Recipe& r) { r.loras = {{"00", "a.safetensors", 1}}; });
    EXPECT_THAT(refusal(recipe, model), HasSubstr("takes no LoRA"));
    model.takes_loras = true;
    EXPECT_EQ(make_plan(recipe, model).recipe.loras, recipe.loras);
    recipe.loras.front().strength = 11;
    EXPECT_THAT(refusal(recipe, model), HasSubstr("strength of 11"));
}

TEST(Plan, PromptsChangeWithinTheClipAndInTheOrderOfTime) {
    const auto changing = [](std::vector<PromptChange> changes) {
        return with([&](Recipe& r) {
            r.frames = 33;
            r.prompt_changes = std::move(changes);
        });
    };
    const Plan plan = make_plan(changing({{40, "late"}, {20, "b"}, {8, "a"}}), fake_causal_model());
    EXPECT_EQ(plan.recipe.prompt_changes, (std::vector<PromptChange>{{8, "a"}, {20, "b"}}));
    ASSERT_EQ(plan.changes.size(), 1U);
    EXPECT_THAT(plan.changes[0], HasSubstr("3.3 s: the clip ends before"));
    const auto refused = [&](std::vector<PromptChange> changes) {
        return refusal(changing(std::move(changes)), fake_causal_model());
    };
    EXPECT_THAT(refused({{0, "a"}}), HasSubstr("after the first frame"));
    EXPECT_THAT(refused({{4, std::string(max_prompt_characters + 1, 'x')}}), HasSubstr("too long"));
    EXPECT_THAT(refused({{4, "\xFF"}}), HasSubstr("UTF-8"));
    EXPECT_THAT(
        refused(std::vector<PromptChange>(max_prompt_changes + 1, {4, "a"})), HasSubstr("at most 24 changes")
    );
    EXPECT_THAT(refusal(changing({{8, "a"}}), fake_full_model()), HasSubstr("in one piece"));
}

TEST(Plan, StepsChangeInTheirOrderAndBeforeTheLastOne) {
    const auto changing = [](std::vector<StepChange> changes, double guidance = 5) {
        return with([&](Recipe& r) {
            r.steps = 20;
            r.guidance_scale = guidance;
            r.step_changes = std::move(changes);
        });
    };
    const Plan plan = make_plan(changing({{20, "late"}, {12, "", 7}, {8, "a"}}), fake_full_model());
    EXPECT_EQ(plan.recipe.step_changes, (std::vector<StepChange>{{8, "a"}, {12, "", 7}}));
    ASSERT_EQ(plan.changes.size(), 1U);
    EXPECT_THAT(plan.changes[0], HasSubstr("after 20 steps: the clip has 20"));
    EXPECT_THAT(refusal(changing({{8, "\xFF"}}), fake_full_model()), HasSubstr("UTF-8"));
    EXPECT_THAT(refusal(changing({{8, "", 1}}), fake_full_model()), HasSubstr("switched on or off"));
    EXPECT_THAT(refusal(changing({{8, "", 5}}, 1), fake_full_model()), HasSubstr("switched on or off"));
    EXPECT_THAT(
        refusal(changing(std::vector<StepChange>(max_prompt_changes + 1, {4, "a"})), fake_full_model()),
        HasSubstr("at most 24 changes")
    );
    Recipe causal = with([](Recipe& r) { r.step_changes = {{1, "a"}}; });
    EXPECT_THAT(refusal(causal, fake_causal_model()), HasSubstr("not make its clip in one piece"));
}

TEST(Plan, AModelWithoutNameOrSizesIsRefused) {
    EXPECT_THROW(make_plan(Recipe(), ModelInfo()), Error);
    ModelInfo model = fake_full_model();
    model.lattice.sizes.clear();
    EXPECT_THROW(make_plan(Recipe(), model), Error);
}

} // namespace
} // namespace rushes
