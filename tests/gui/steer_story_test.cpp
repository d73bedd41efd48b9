// The prompt of a clip changes while it is made, and another way is gone from a frame of it.
#include "desk/desk.h"
#include "gui/studio_fixture.h"
#include "media/clip_reader.h"
#include "stage/prompt_lane.h"
#include "stage/stage_panel.h"

#include <set>

#include <QAbstractButton>
#include <QDialog>
#include <QLabel>
#include <QSlider>
#include <QSpinBox>

namespace rushes::testing {
namespace {

class SteerStory : public StudioFixture {
protected:
    ui::Player& player() { return window().stage().player(); }

    ui::PromptLane& lane() { return *find<ui::PromptLane>("prompt-lane"); }

    QString toast() { return find<QLabel>("toast-text")->text(); }

    /// A clip of this prompt is being made and stands before its fourth block.
    void beginAt4(const QString& prompt) {
        openStudio();
        gate_.closeWhen([](const Progress& p) { return p.block == 3 && p.phase == Phase::decoding; });
        type(prompt);
        press(Qt::Key_Return, Qt::ControlModifier);
        ASSERT_TRUE(until([&] { return gate_.holds(); }));
        ASSERT_TRUE(until([&] { return player().clip() && player().clip()->finalFrames() > 1; }));
    }

    /// First frame of the block, from 0, of the fake model.
    int blockStart(int block) const { return models_[0].lattice.frames_of(block).first; }

    Recipe newestRecipe() { return window().session().shelf().model().item(0).record.recipe; }
};

TEST_F(SteerStory, AnotherPromptTakesOverAtTheNextBlockAndTheRecipeSaysSo) {
    beginAt4(QStringLiteral("a red ball"));
    EXPECT_TRUE(lane().isVisible());
    type(QStringLiteral("a green star"));
    press(Qt::Key_Return, Qt::AltModifier);
    EXPECT_TRUE(toast().contains(QStringLiteral("a green star"))) << toast().toStdString();
    gate_.open();
    ASSERT_TRUE(generated(0));
    const std::vector<PromptChange> expected{{blockStart(3), "a green star"}};
    ASSERT_TRUE(until([&] { return window().desk().shown().has_value(); }));
    EXPECT_EQ(newestRecipe().prompt, "a red ball");
    EXPECT_EQ(newestRecipe().prompt_changes, expected);
    const auto in_file = read_recipe(newestFile());
    ASSERT_TRUE(in_file.has_value());
    EXPECT_EQ(recipe_from_json(*in_file).prompt_changes, expected);
    const auto& stretches = lane().prompts().stretches;
    ASSERT_EQ(stretches.size(), 2U);
    EXPECT_EQ(stretches[1].prompt, QStringLiteral("a green star"));
    EXPECT_FALSE(find<QAbstractButton>("steer")->isVisible()); // nothing is being made
    shot(QStringLiteral("steered"));
    // A click goes to where the other prompt begins.
    auto* drawn = find<QWidget>("prompt-stretches");
    QTest::mouseClick(drawn, Qt::LeftButton, {}, lane().placeOf(1).center() - drawn->pos());
    EXPECT_EQ(player().clock().index(), blockStart(3));
}

TEST_F(SteerStory, TheButtonSteersAndTheLastWishCounts) {
    beginAt4(QStringLiteral("a red ball"));
    type(QStringLiteral("a green star"));
    click("steer");
    type(QStringLiteral("a blue box"));
    click("steer");
    gate_.open();
    ASSERT_TRUE(generated(0));
    EXPECT_EQ(newestRecipe().prompt_changes, (std::vector<PromptChange>{{blockStart(3), "a blue box"}}));
}

TEST_F(SteerStory, AClipThatIsStoppedKeepsWhatSteeredIt) {
    beginAt4(QStringLiteral("a red ball"));
    type(QStringLiteral("a green star"));
    click("steer");
    gate_.moveTo([](const Progress& p) { return p.block == 5 && p.phase == Phase::decoding; });
    ASSERT_TRUE(until([&] { return lane().prompts().stretches.size() == 2; }));
    stopRun();
    gate_.open();
    ASSERT_TRUE(generated(0));
    EXPECT_EQ(newestRecipe().prompt_changes, (std::vector<PromptChange>{{blockStart(3), "a green star"}}));
}

TEST_F(SteerStory, PausedAndGoneOnTheClipKnowsItsPrompts) {
    beginAt4(QStringLiteral("a red ball"));
    type(QStringLiteral("a green star"));
    click("steer");
    gate_.moveTo([](const Progress& p) { return p.block == 5 && p.phase == Phase::decoding; });
    ASSERT_TRUE(until([&] { return lane().prompts().stretches.size() == 2; }));
    window().session().pauseNow();
    ASSERT_TRUE(until([&] { return !window().session().running(); }));
    gate_.open();
    window().session().setPaused(false);
    ASSERT_TRUE(until([&] {
        return !window().session().running() && window().session().queue().waiting() == 0 &&
               newestRecipe().prompt_changes.size() == 1;
    }));
    ASSERT_TRUE(until([&] { return clips() == 2; })); // the part, and the whole
    EXPECT_EQ(newestRecipe().prompt_changes, (std::vector<PromptChange>{{blockStart(3), "a green star"}}));
}

TEST_F(SteerStory, AnotherWayKeepsWhatWasBeforeTheFrame) {
    openStudio();
    make(QStringLiteral("a red ball"));
    ASSERT_TRUE(until([&] { return window().desk().shown().has_value(); }));
    player().pause();
    player().seek(13);
    type(QStringLiteral("a {green|blue} star"));
    const int before = clips();
    press(Qt::Key_Return, Qt::AltModifier | Qt::ShiftModifier);
    ASSERT_TRUE(until([&] { return clips() == before + 2; }));
    std::set<std::string> prompts;
    for (const int row : {0, 1}) {
        const Recipe recipe = window().session().shelf().model().item(row).record.recipe;
        EXPECT_EQ(recipe.prompt, "a red ball");
        ASSERT_EQ(recipe.prompt_changes.size(), 1U);
        EXPECT_EQ(recipe.prompt_changes[0].frame, 13);
        prompts.insert(recipe.prompt_changes[0].prompt);
    }
    EXPECT_EQ(prompts, (std::set<std::string>{"a green star", "a blue star"}));
}

TEST_F(SteerStory, AClipInOnePieceGoesAnotherWayFromAStepOn) {
    models_ = {fake_full_model()};
    openStudio();
    make(QStringLiteral("a red ball"));
    ASSERT_TRUE(until([&] { return window().desk().shown().has_value(); }));
    const int steps = newestRecipe().steps;
    press(Qt::Key_Return, Qt::AltModifier | Qt::ShiftModifier);
    EXPECT_TRUE(toast().contains(QStringLiteral("Change the prompt or the guidance first")))
        << toast().toStdString();
    type(QStringLiteral("a {green|blue} star"));
    press(Qt::Key_Return, Qt::AltModifier | Qt::ShiftModifier);
    auto* dialog = window().findChild<QDialog*>(QStringLiteral("step-dialog"));
    ASSERT_NE(dialog, nullptr);
    auto* slider = dialog->findChild<QSlider*>(QStringLiteral("step-slider"));
    auto* number = dialog->findChild<QSpinBox*>(QStringLiteral("step-number"));
    slider->setFocus();
    QTest::keyClick(slider, Qt::Key_Home);
    EXPECT_EQ(number->value(), 1);
    QTest::keyClick(slider, Qt::Key_End);
    EXPECT_EQ(number->value(), steps - 1) << "the last step must be left to change";
    number->setValue(7);
    EXPECT_EQ(slider->value(), 7);
    shot(QStringLiteral("another-way-step"));
    const int before = clips();
    QTest::keyClick(dialog, Qt::Key_Return);
    ASSERT_TRUE(until([&] { return clips() == before + 2; }));
    std::set<std::string> prompts;
    for (const int row : {0, 1}) {
        const Recipe recipe = window().session().shelf().model().item(row).record.recipe;
        EXPECT_EQ(recipe.prompt, "a red ball");
        ASSERT_EQ(recipe.step_changes.size(), 1U);
        EXPECT_EQ(recipe.step_changes[0].after_steps, 7);
        EXPECT_LT(recipe.step_changes[0].guidance_scale, 0) << "it is as it was";
        prompts.insert(recipe.step_changes[0].prompt);
    }
    EXPECT_EQ(prompts, (std::set<std::string>{"a green star", "a blue star"}));
}

TEST_F(SteerStory, AModelThatMakesTheClipInOnePieceSaysSo) {
    models_ = {fake_full_model()};
    openStudio();
    press(Qt::Key_Return, Qt::AltModifier);
    EXPECT_TRUE(toast().contains(QStringLiteral("No clip is being made"))) << toast().toStdString();
    gate_.closeWhen([](const Progress& p) { return p.phase == Phase::denoising; });
    press(Qt::Key_Return, Qt::ControlModifier);
    ASSERT_TRUE(until([&] { return window().session().running(); }));
    press(Qt::Key_Return, Qt::AltModifier);
    EXPECT_TRUE(toast().contains(QStringLiteral("in one piece"))) << toast().toStdString();
    EXPECT_FALSE(lane().isVisible());
    gate_.open();
}

} // namespace
} // namespace rushes::testing
