#include "controls/choices.h"
#include "controls/clip_cost.h"
#include "support/fake_engine.h"

#include <gtest/gtest.h>

namespace rushes::ui {
namespace {

using testing::fake_causal_model;
using testing::fake_full_model;

TEST(Choices, OffersOnlyTrainedShapesAndSaysWhyNot) {
    const Choices choices(fake_causal_model());
    const auto& aspects = choices.aspects();
    ASSERT_EQ(aspects.size(), 4u);
    EXPECT_EQ(aspects[0].label.toStdString(), "16:9");
    EXPECT_EQ(aspects[0].sizes.size(), 1u); // 160x96 is nearly that
    EXPECT_FALSE(aspects[1].sizes.empty());
    EXPECT_TRUE(aspects[2].sizes.empty());
    EXPECT_TRUE(aspects[2].why_not.contains(QStringLiteral("4:5"))) << aspects[2].why_not.toStdString();
    EXPECT_TRUE(aspects[0].why_not.isEmpty());
    EXPECT_EQ(choices.aspectOf(128, 128), 3);
    EXPECT_EQ(choices.aspectOf(0, 0), -1);
    EXPECT_EQ(choices.aspectOf(1000, 100), -1);
}

TEST(Choices, AnOddShapeOfTheModelGetsItsOwnButton) {
    ModelInfo model = fake_causal_model();
    model.lattice.sizes.push_back({320, 96});
    const Choices choices(model);
    EXPECT_EQ(choices.aspects().back().label.toStdString(), "10:3");
}

TEST(Choices, ResolutionsBeyondTheModelAreGreyedWithTheLever) {
    const auto resolutions = Choices(fake_causal_model()).resolutions(0);
    ASSERT_GE(resolutions.size(), 2u);
    EXPECT_TRUE(resolutions[0].offered);
    EXPECT_EQ(resolutions[0].label.toStdString(), "96p");
    EXPECT_FALSE(resolutions[1].offered);
    EXPECT_TRUE(resolutions[1].why_not.contains(QStringLiteral("Export")));
}

TEST(Choices, FramesAndSecondsAgreeOnTheLattice) {
    const Choices choices(fake_causal_model());
    for (int k = choices.minSteps(); k <= choices.maxSteps(); ++k) {
        const int frames = choices.framesAt(k);
        EXPECT_EQ((frames - 1) % choices.model().lattice.frame_stride, 0);
        EXPECT_EQ(choices.latticeIndex(frames), k);
    }
    EXPECT_EQ(choices.framesAt(choices.latticeIndex(32)), 33);
    EXPECT_EQ(choices.framesAt(choices.latticeIndex(1)), 5);
    EXPECT_EQ(durationText(33, {12, 1}).toStdString(), "2.8 s · 33 frames · 12 fps");
}

TEST(Choices, ALimitOfTheModelEndsTheSlider) {
    ModelInfo model = fake_causal_model();
    model.lattice.max_frames = 33;
    const Choices choices(model);
    EXPECT_EQ(choices.framesAt(choices.maxSteps()), 33);
    EXPECT_EQ(choices.framesAt(choices.latticeIndex(500)), 33);
}

TEST(Choices, AModelOfStillsLeavesNoLengthToChoose) {
    ModelInfo model = fake_full_model();
    model.lattice.frame_stride = 1;
    model.lattice.max_frames = 1;
    model.default_frames = 1;
    const Choices choices(model);
    EXPECT_EQ(choices.minSteps(), choices.maxSteps());
    EXPECT_EQ(choices.complete({}).frames, 1);
}

TEST(Choices, CompletesARecipe) {
    const ModelInfo model = fake_causal_model();
    const Recipe recipe = Choices(model).complete({});
    EXPECT_EQ(recipe.model, model.id);
    EXPECT_EQ(recipe.model_hash, model.hash);
    EXPECT_EQ(recipe.width, 160);
    EXPECT_EQ(recipe.height, 96);
    EXPECT_EQ(recipe.frames, 33);
    EXPECT_EQ(recipe.steps, 4);
    EXPECT_EQ(recipe.frame_rate, (FrameRate{12, 1}));
    EXPECT_EQ(recipe.scheduler, "euler");
    EXPECT_EQ(Choices(model).complete(recipe), recipe); // complete is complete
    EXPECT_NO_THROW(make_plan(recipe, model));
}

TEST(Choices, AForeignSizeGoesToTheSameShape) {
    Recipe recipe;
    recipe.width = 480;
    recipe.height = 832;
    const Recipe completed = Choices(fake_causal_model()).complete(recipe);
    EXPECT_EQ(completed.width, 96);
    EXPECT_EQ(completed.height, 160);
}

TEST(Choices, TiersThatAreMissingSayWhy) {
    ModelInfo model = fake_full_model();
    model.tiers.pop_back();
    const Choices choices(model);
    EXPECT_TRUE(choices.whyNoTier("fast").isEmpty());
    EXPECT_TRUE(choices.whyNoTier("quality").contains(QStringLiteral("steps")));
}

TEST(Choices, KnowsWhichWordsADemonstrationModelDoesNot) {
    ModelInfo model = fake_causal_model();
    model.vocabulary = {"a", "red", "ball", "crescent moon", "at", "night"};
    const Choices choices(model);
    EXPECT_EQ(choices.unknownWords(QStringLiteral("A RED ball, at night!")), QStringList());
    EXPECT_EQ(
        choices.unknownWords(QStringLiteral("a crescent elephant elephant")),
        QStringList{QStringLiteral("elephant")}
    );
    EXPECT_TRUE(Choices(fake_full_model()).unknownWords(QStringLiteral("anything")).isEmpty());
}

class WordOffers : public ::testing::Test {
protected:
    WordOffers() : choices_(model(), groups()) {}

    static ModelInfo model() {
        ModelInfo model = fake_causal_model();
        for (const WordGroup& group : groups()) {
            model.vocabulary.insert(model.vocabulary.end(), group.words.begin(), group.words.end());
            model.vocabulary.insert(model.vocabulary.end(), group.others.begin(), group.others.end());
        }
        model.vocabulary.insert(model.vocabulary.end(), {"a", "the"});
        return model;
    }

    static std::vector<WordGroup> groups() {
        return {
            {"colours", {"red", "blue"}, {"scarlet"}},
            {"objects", {"ball", "star"}, {"orb"}},
            {"motions", {"bounces", "spins"}, {}},
            {"backgrounds", {"over the sea"}, {}},
        };
    }

    std::string offered(const char* prompt) const {
        return choices_.offer(QString::fromUtf8(prompt)).words.join(QLatin1Char(' ')).toStdString();
    }

    Choices choices_;
};

TEST_F(WordOffers, FitTheirPlaceInTheText) {
    EXPECT_EQ(offered("a red boat"), "ball star");
    EXPECT_EQ(offered("a scarlet boat bounces"), "ball star"); // another word for red
    EXPECT_EQ(offered("a boat"), "ball star");
    EXPECT_EQ(offered("a turquoise ball"), "red blue");
    EXPECT_EQ(offered("a red ball dances over the sea"), "bounces spins");
    EXPECT_EQ(offered("a red ball bounces underground"), "over the sea");
    EXPECT_EQ(offered("a red ball bounces"), "");
    EXPECT_EQ(choices_.offer(QStringLiteral("a Boat")).unknown.toStdString(), "boat");
}

TEST_F(WordOffers, WithoutKindsAreAllThatIsKnown) {
    ModelInfo flat = fake_causal_model();
    flat.vocabulary = {"ball", "red"};
    EXPECT_EQ(Choices(flat).offer(QStringLiteral("boat")).words.size(), 2);
}

TEST(ClipCost, IsAmberBeforeItIsRed) {
    EXPECT_EQ(memoryFit(80, 100), MemoryFit::fits);
    EXPECT_EQ(memoryFit(90, 100), MemoryFit::tight);
    EXPECT_EQ(memoryFit(101, 100), MemoryFit::too_large);
    EXPECT_EQ(memoryFit(101, 0), MemoryFit::fits); // nobody knows
    ClipCost cost{42, 14'100'000'000, 12'000'000'000, MemoryFit::too_large};
    EXPECT_EQ(costText(cost).toStdString(), "about 42 s · 14.1 GB of 12.0 GB");
    cost.fit = MemoryFit::fits;
    EXPECT_EQ(costText(cost).toStdString(), "about 42 s · 14.1 GB");
}

TEST(Words, PricesAreHonestAndShort) {
    EXPECT_EQ(aboutSeconds(0.3).toStdString(), "under 1 s");
    EXPECT_EQ(aboutSeconds(4.2).toStdString(), "about 5 s");
    EXPECT_EQ(aboutSeconds(200).toStdString(), "about 4 min");
    EXPECT_EQ(aboutSeconds(385620).toStdString(), "about 108 h");
    EXPECT_EQ(timeText(0).toStdString(), "0 s");
    EXPECT_EQ(timeText(89.2).toStdString(), "90 s");
    EXPECT_EQ(timeText(3541).toStdString(), "1 h 0 min");
    EXPECT_TRUE(aboutSeconds(-1).isEmpty());
    EXPECT_EQ(bytesText(400'000'000).toStdString(), "0.4 GB");
    EXPECT_EQ(bytesText(28'000'000).toStdString(), "28 MB");
    EXPECT_EQ(bytesText(18'000).toStdString(), "18 kB");
    EXPECT_EQ(groupedNumber(1204553).remove(QChar(0x202f)).toStdString(), "1204553");
    EXPECT_EQ(groupedNumber(1204553).size(), 9);
    EXPECT_EQ(groupedNumber(7).toStdString(), "7");
}

} // namespace
} // namespace rushes::ui
