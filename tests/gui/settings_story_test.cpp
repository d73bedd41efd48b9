#include "controls/prompt_edit.h"
#include "controls/recipe_panel.h"
#include "convert.h"
#include "desk/desk.h"
#include "gui/studio_fixture.h"

#include <QLabel>
#include <QPushButton>
#include <QSlider>

namespace rushes::testing {
namespace {

class SettingsStory : public StudioFixture {
protected:
    const Recipe& recipe() { return find<ui::RecipePanel>("recipe-panel")->recipe(); }

    QString text(const char* name) { return find<QWidget>(name)->property("text").toString(); }
};

TEST_F(SettingsStory, DurationSnapsAndSecondsAgreeWithFrames) {
    openStudio();
    auto* slider = find<QSlider>("duration");
    slider->setFocus();
    press(Qt::Key_Home);
    EXPECT_EQ(recipe().frames, 5);
    EXPECT_EQ(text("duration-text").toStdString(), "0.4 s · 5 frames · 12 fps");
    press(Qt::Key_Right);
    EXPECT_EQ(recipe().frames, 9);
    EXPECT_EQ(text("duration-text").toStdString(), "0.8 s · 9 frames · 12 fps");
}

TEST_F(SettingsStory, ADragIsOneUndoStep) {
    openStudio();
    const int before = recipe().frames;
    auto* slider = find<QSlider>("duration");
    slider->setSliderDown(true);
    slider->setValue(3);
    slider->setValue(2);
    slider->setValue(5);
    slider->setSliderDown(false);
    slider->setValue(6); // another gesture
    EXPECT_EQ(window().desk().undo().count(), 2);
    press(Qt::Key_Z, Qt::ControlModifier);
    EXPECT_EQ(recipe().frames, 21);
    press(Qt::Key_Z, Qt::ControlModifier);
    EXPECT_EQ(recipe().frames, before);
    press(Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
    EXPECT_EQ(recipe().frames, 21);
}

TEST_F(SettingsStory, TypingIsUndoneInTheField) {
    openStudio();
    type(QStringLiteral("a red ball"));
    EXPECT_EQ(recipe().prompt, "a red ball");
    press(Qt::Key_Z, Qt::ControlModifier);
    EXPECT_TRUE(find<ui::PromptEdit>("prompt")->text().isEmpty());
    press(Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
    EXPECT_EQ(recipe().prompt, "a red ball");
}

TEST_F(SettingsStory, OnlyWhatTheModelCanIsOffered) {
    openStudio();
    EXPECT_FALSE(find<QPushButton>("aspect-4x5")->isEnabled());
    EXPECT_TRUE(find<QPushButton>("aspect-4x5")->toolTip().contains(QStringLiteral("Export")));
    EXPECT_FALSE(find<QSlider>("steps")->isEnabled());
    EXPECT_TRUE(find<QSlider>("steps")->toolTip().contains(QStringLiteral("distilled")));
    click("aspect-9x16");
    EXPECT_EQ(recipe().width, 96);
    EXPECT_EQ(recipe().height, 160);
    EXPECT_TRUE(find<QPushButton>("aspect-9x16")->isChecked());
}

TEST_F(SettingsStory, AnotherModelBringsItsOwnNumbers) {
    openStudio();
    auto* panel = find<ui::RecipePanel>("recipe-panel");
    const auto& full = models_[1];
    Recipe other = recipe();
    other.model = full.id;
    other.steps = 0;
    other.guidance_scale = -1;
    other.frame_rate = {0, 1};
    panel->showRecipe(panel->completed(other));
    EXPECT_EQ(recipe().steps, full.default_steps);
    EXPECT_EQ(recipe().frame_rate, full.frame_rate);
    EXPECT_TRUE(find<QSlider>("steps")->isEnabled());
    EXPECT_NO_THROW(make_plan(recipe(), full));
}

TEST_F(SettingsStory, TiersAreThereForModelsThatHaveAChoiceOfSpeed) {
    openStudio();
    EXPECT_FALSE(find<QWidget>("tiers")->isVisible());
    EXPECT_EQ(text("steps-text").toStdString(), "4 · fixed");
    auto* panel = find<ui::RecipePanel>("recipe-panel");
    Recipe other = recipe();
    other.model = models_[1].id;
    other.steps = 0;
    panel->showRecipe(panel->completed(other));
    EXPECT_TRUE(find<QWidget>("tiers")->isVisible());
    click("tier-fast");
    EXPECT_EQ(recipe().steps, models_[1].tiers[0].steps);
    EXPECT_TRUE(find<QPushButton>("tier-fast")->isChecked());
    EXPECT_EQ(text("steps-text").toStdString(), std::to_string(models_[1].tiers[0].steps));
    click("tier-quality");
    EXPECT_EQ(recipe().steps, models_[1].tiers[2].steps);
}

TEST_F(SettingsStory, AnExampleFillsThePrompt) {
    openStudio();
    click("example-1");
    EXPECT_EQ(recipe().prompt, models_[0].examples[1]);
    EXPECT_FALSE(find<QWidget>("examples")->isVisible());
}

TEST_F(SettingsStory, UnknownWordsOfADemonstrationModelAreNamed) {
    openStudio();
    type(QStringLiteral("a red elephant"));
    auto* note = find<QLabel>("unknown-words");
    EXPECT_TRUE(note->isVisible());
    EXPECT_TRUE(note->text().contains(QStringLiteral("elephant")));
    EXPECT_FALSE(note->text().contains(QStringLiteral("red")));
    type(QStringLiteral("a red ball"));
    EXPECT_FALSE(note->isVisible());
}

TEST_F(SettingsStory, HistoryBringsEarlierPromptsAndTheDraftBack) {
    openStudio();
    type(QStringLiteral("a red ball"));
    press(Qt::Key_Return, Qt::ControlModifier);
    ASSERT_TRUE(generated(0));
    type(QStringLiteral("a green"));
    press(Qt::Key_Up, Qt::AltModifier);
    EXPECT_EQ(recipe().prompt, "a red ball");
    press(Qt::Key_Down, Qt::AltModifier);
    EXPECT_EQ(recipe().prompt, "a green");
}

TEST_F(SettingsStory, EverythingIsThereAgainAfterARestart) {
    openStudio();
    type(QStringLiteral("a green star"));
    click("aspect-1x1");
    click("seed-lock");
    const Recipe before = recipe();
    closeStudio();
    openStudio();
    EXPECT_EQ(recipe(), before);
    EXPECT_TRUE(find<QAbstractButton>("seed-lock")->isChecked());
}

} // namespace
} // namespace rushes::testing
