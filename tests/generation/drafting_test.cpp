// Another model makes the first look.
#include "base/error.h"
#include "generation/drafting.h"
#include "generation/plan.h"
#include "models/run_inputs.h"
#include "support/fake_engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rushes {
namespace {

using ::testing::ElementsAre;
using testing::fake_full_model;
using testing::fake_small_model;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::uint64_t gigabyte = 1'000'000'000;

Recipe drafted() {
    Recipe recipe;
    recipe.prompt = "a red ball";
    recipe.negative_prompt = "blurry";
    recipe.seed = 7;
    recipe.draft_model = "fake-small";
    return recipe;
}

Plan plan_of(const Recipe& recipe, std::uint64_t memory = 0) {
    const std::vector<ModelInfo> models{fake_full_model(), fake_small_model()};
    return make_plan(recipe, models.front(), {.memory = memory}, drafter_of(recipe, models));
}

std::string refusal(const Recipe& recipe, const ModelInfo& model, const ModelInfo& drafter) {
    try {
        make_plan(recipe, model, {}, &drafter);
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::user);
        return error.what();
    }
    return "planned";
}

TEST(Drafting, IsAPlanOfItsOwnOnTheOtherModelsLatticeWithItsCardsDefaults) {
    const Plan plan = plan_of(drafted());
    EXPECT_THAT(plan.changes, IsEmpty());
    ASSERT_EQ(plan.passes.size(), 1U) << "the clip's own model makes none";
    EXPECT_EQ(plan.passes.front().width, 832);
    EXPECT_EQ(plan.passes.front().start, PassStart::noise) << "the clip starts anew";
    EXPECT_TRUE(plan.is_final(0));
    ASSERT_NE(plan.draft, nullptr);
    ASSERT_EQ(plan.draft->passes.size(), 1U);
    const Pass& draft = plan.draft->passes.front();
    EXPECT_FALSE(plan.draft->is_final(0));
    EXPECT_EQ(plan.first_look(), &draft);
    EXPECT_EQ(plan.draft->model.id, "fake-small");
    EXPECT_EQ(draft.kind, PassKind::draft);
    EXPECT_EQ(draft.width, 320); // the only wide size it knows
    EXPECT_EQ(draft.height, 192);
    EXPECT_EQ(draft.frames, 17); // 8k + 1, three latent frames
    EXPECT_EQ(draft.steps, 3);
    EXPECT_EQ(draft.guidance_scale, 1);
    EXPECT_EQ(draft.scheduler, "lcm");
    EXPECT_EQ(draft.seed, 7U);
    EXPECT_EQ(draft.frame_rate, (FrameRate{16, 1})) << "as fast as the clip";
}

TEST(Drafting, IsNoLargerThanTheOtherModelIsUsedToOrThanALookNeeds) {
    const auto size = [](const ModelInfo& drafter, int width, int height) {
        Recipe clip;
        clip.width = width;
        clip.height = height;
        clip.frames = 81;
        const Recipe draft = draft_recipe(clip, drafter);
        return PictureSize{draft.width, draft.height};
    };
    ModelInfo still = fake_small_model();
    still.lattice = {
        .size_multiple = 8, .frame_stride = 1, .max_frames = 1, .sizes = {{512, 512}}, .free_size = true
    };
    still.draft.long_side = 1 << 14;
    EXPECT_EQ(size(still, 1024, 1024), (PictureSize{512, 512}));
    EXPECT_EQ(size(still, 256, 256), (PictureSize{256, 256}));
    ModelInfo free = fake_full_model();
    EXPECT_EQ(size(free, 832, 480), (PictureSize{256, 144}));
}

TEST(Drafting, OfItsOwnRecipeIsTheSame) {
    const Plan first = plan_of(drafted());
    const Plan second = plan_of(first.recipe);
    EXPECT_EQ(second.recipe, first.recipe);
    EXPECT_EQ(second.passes, first.passes);
    EXPECT_EQ(second.draft->passes, first.draft->passes);
    EXPECT_EQ(recipe_from_json(to_json(first.recipe)).draft_model, "fake-small");
}

TEST(Drafting, BothModelsStayWhereThereIsRoomForBoth) {
    Recipe alone = drafted();
    alone.draft = false;
    const std::uint64_t clip = plan_of(alone).peak_memory_bytes;
    const Plan apart = plan_of(drafted(), clip);
    EXPECT_FALSE(apart.draft_stays);
    EXPECT_EQ(apart.peak_memory_bytes, clip) << "one after the other: the larger one counts";
    const Plan together = plan_of(drafted(), 100 * gigabyte);
    EXPECT_TRUE(together.draft_stays);
    const double weights = together.draft->costs.front().resident_bytes();
    EXPECT_GT(weights, 0);
    EXPECT_EQ(together.peak_memory_bytes, clip + static_cast<std::uint64_t>(weights));
    EXPECT_FALSE(plan_of(drafted()).draft_stays) << "nobody knows how much there is";
}

TEST(Drafting, SaysWhyThereIsNone) {
    Recipe recipe = drafted();
    recipe.draft_model = "gone";
    const Plan own = plan_of(recipe);
    EXPECT_EQ(own.draft, nullptr);
    EXPECT_EQ(own.passes.size(), 2U) << "its own model makes it";
    EXPECT_THAT(own.changes, ElementsAre("'gone', which should make the draft, is not installed."));

    ModelInfo slow = fake_full_model();
    slow.id = "fake-slow";
    slow.draft.long_side = 832;
    slow.draft.latent_frames = 21;
    const Plan none = make_plan(drafted(), fake_full_model(), {}, &slow);
    EXPECT_EQ(none.draft, nullptr);
    EXPECT_EQ(none.passes.size(), 1U);
    EXPECT_THAT(
        none.changes, ElementsAre("There is no draft: 'fake-slow' would take too long for a first look.")
    );
}

TEST(Drafting, RefusesAModelThatMakesOtherThings) {
    ModelInfo still = fake_small_model();
    still.id = "fake-still";
    still.lattice.max_frames = 1;
    EXPECT_EQ(
        refusal(drafted(), fake_full_model(), still),
        "'fake-still' cannot make the draft: it makes stills, and 'fake-full' clips."
    );
    ModelInfo model = fake_full_model();
    model.inputs = {{.role = role_image}};
    Recipe recipe = drafted();
    recipe.inputs = {{.role = role_image, .hash = "00", .path = "a.png"}};
    EXPECT_EQ(
        refusal(recipe, model, fake_small_model()),
        "'fake-small' cannot make the draft: it takes no input of the kind 'image'."
    );
    ModelInfo needy = fake_small_model();
    needy.inputs = {{.role = role_image, .required = true}};
    EXPECT_EQ(
        refusal(drafted(), fake_full_model(), needy),
        "'fake-small' cannot make the draft: it needs an input of the kind 'image'."
    );
}

TEST(Drafting, TakesOnlyThePicturesThatItGetsTo) {
    ModelInfo model = fake_full_model();
    model.inputs = {{.role = role_keyframe}};
    ModelInfo drafter = fake_small_model();
    drafter.inputs = model.inputs;
    Recipe recipe = drafted();
    recipe.inputs = {
        {.role = role_keyframe, .hash = "00", .path = "a.png", .frame = 5},
        {.role = role_keyframe, .hash = "11", .path = "b.png", .frame = 40}
    };
    const Plan plan = make_plan(recipe, model, {}, &drafter);
    EXPECT_EQ(plan.recipe.inputs.size(), 2U);
    ASSERT_EQ(plan.draft->recipe.inputs.size(), 1U);
    EXPECT_EQ(plan.draft->recipe.inputs.front().frame, 5);
}

TEST(Drafting, IsWithoutLorasAndSaysSo) {
    ModelInfo model = fake_full_model();
    model.takes_loras = true;
    Recipe recipe = drafted();
    recipe.loras = {{"22dd", "style.safetensors", 1}};
    const ModelInfo drafter = fake_small_model();
    const Plan plan = make_plan(recipe, model, {}, &drafter);
    EXPECT_THAT(plan.draft->recipe.loras, IsEmpty());
    EXPECT_THAT(plan.changes, ElementsAre(HasSubstr("without the LoRAs")));
}

TEST(Drafting, OffersWhatIsLighterAndMakesTheSameKindOfClip) {
    ModelInfo still = fake_small_model();
    still.id = "fake-still";
    still.lattice.max_frames = 1;
    ModelInfo larger = fake_full_model();
    larger.id = "fake-larger";
    larger.weight_bytes *= 2;
    const std::vector<ModelInfo> all{
        testing::fake_causal_model(), fake_full_model(), fake_small_model(), still, larger
    };
    const auto offered = [&](const ModelInfo& model) {
        std::vector<std::string> ids;
        for (const ModelInfo* drafter : drafters_for(Recipe(), model, all)) {
            ids.push_back(drafter->id);
        }
        return ids;
    };
    EXPECT_THAT(offered(fake_full_model()), ElementsAre("fake-small"))
        << "a demonstration knows too few words";
    EXPECT_THAT(offered(larger), ElementsAre("fake-full", "fake-small"));
    EXPECT_THAT(offered(still), IsEmpty());
}

TEST(Drafting, ByTheModelItselfIsNoOtherModels) {
    Recipe recipe = drafted();
    recipe.draft_model = "fake-full";
    const Plan plan = plan_of(recipe);
    EXPECT_EQ(plan.recipe.draft_model, "");
    EXPECT_EQ(plan.draft, nullptr);
    EXPECT_EQ(plan.passes.size(), 2U);
    EXPECT_THAT(plan.changes, IsEmpty());
}

} // namespace
} // namespace rushes
