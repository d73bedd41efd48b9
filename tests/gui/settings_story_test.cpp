#include "controls/prompt_edit.h"
#include "controls/recipe_panel.h"
#include "convert.h"
#include "desk/desk.h"
#include "gui/studio_fixture.h"

#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QSlider>

namespace rushes::testing {
namespace {

class SettingsStory : public StudioFixture {
protected:
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

TEST_F(SettingsStory, DurationAndStepsCanBeTyped) {
    models_ = {fake_full_model()};
    openStudio();
    auto* duration = find<QLineEdit>("duration-text");
    duration->setFocus();
    duration->selectAll();
    QTest::keyClicks(duration, QStringLiteral("2,5"));
    press(Qt::Key_Return);
    EXPECT_EQ(recipe().frames, 41); // of 16 a second: 40, and the lattice has 4 k + 1
    EXPECT_EQ(duration->text().toStdString(), "2.6 s · 41 frames · 16 fps");
    auto* steps = find<QLineEdit>("steps-text");
    steps->setFocus();
    steps->selectAll();
    QTest::keyClicks(steps, QStringLiteral("17"));
    press(Qt::Key_Return);
    EXPECT_EQ(recipe().steps, 17);
    steps->selectAll();
    QTest::keyClicks(steps, QStringLiteral("many"));
    press(Qt::Key_Return);
    EXPECT_EQ(steps->text().toStdString(), "17"); // what is no number changes nothing
}

/// A recipe that brings prompts for later says so under the first one, and lets go of them.
TEST_F(SettingsStory, PromptsThatTakeOverAreSeenAndRemoved) {
    openStudio();
    auto* turns = find<QWidget>("prompt-changes");
    EXPECT_FALSE(turns->isVisible());
    Recipe changing = recipe();
    changing.prompt_changes = {{12, "a blue ring"}};
    window().desk().applyRecipe(changing);
    ASSERT_TRUE(turns->isVisible());
    EXPECT_EQ(turns->findChild<QLabel*>()->text().toStdString(), "From 1.0 s: a blue ring");
    click("prompt-changes-remove");
    EXPECT_TRUE(recipe().prompt_changes.empty());
    EXPECT_FALSE(turns->isVisible());
    press(Qt::Key_Z, Qt::ControlModifier);
    EXPECT_EQ(recipe().prompt_changes, changing.prompt_changes);
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
    EXPECT_TRUE(find<QWidget>("examples")->isVisible()); // nothing moves, another one can be tried
    EXPECT_EQ(QApplication::focusWidget(), find<ui::PromptEdit>("prompt"));
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
    click("seed-new");
    const Recipe before = recipe();
    closeStudio();
    openStudio();
    EXPECT_EQ(recipe(), before);
    EXPECT_FALSE(find<QAbstractButton>("seed-new")->isChecked());
}

TEST_F(SettingsStory, UndoIsOneForEverythingAndSaysWhatItUndid) {
    openStudio();
    type(QStringLiteral("a red ball"));
    click("aspect-1x1");
    press(Qt::Key_Z, Qt::ControlModifier);
    EXPECT_EQ(find<QLabel>("toast-text")->text().toStdString(), "Undone: shape");
    EXPECT_EQ(recipe().prompt, "a red ball");
    click("toast-action"); // Redo
    EXPECT_TRUE(find<QPushButton>("aspect-1x1")->isChecked());
}

TEST_F(SettingsStory, ATextThatAppliesIsNeverCalledAbsent) {
    openStudio();
    click("negative-toggle");
    auto* negative = find<QPlainTextEdit>("negative");
    QTest::keyClicks(negative, QStringLiteral("blurred"));
    click("negative-toggle");
    EXPECT_FALSE(negative->isVisible());
    EXPECT_EQ(recipe().negative_prompt, "blurred");
    EXPECT_EQ(find<QPushButton>("negative-toggle")->text().toStdString(), "show (in use)");
}

TEST_F(SettingsStory, AnEmptyPromptIsSaid) {
    openStudio();
    press(Qt::Key_Return, Qt::ControlModifier);
    EXPECT_TRUE(find<QLabel>("toast-text")->text().contains(QStringLiteral("no prompt")));
    ASSERT_TRUE(generated(0));
    EXPECT_TRUE(until([&] {
        return find<QLabel>("phase-words")->text().endsWith(QStringLiteral("no prompt"));
    })) << find<QLabel>("phase-words")->text().toStdString();
    EXPECT_FALSE(window().windowTitle().trimmed().endsWith(QStringLiteral("·")))
        << window().windowTitle().toStdString();
}

TEST_F(SettingsStory, TooLongAPromptIsCountedWhileTyping) {
    openStudio();
    Recipe recipe_now = recipe();
    recipe_now.prompt = std::string(9000, 'a');
    window().desk().applyRecipe(recipe_now);
    EXPECT_EQ(text("prompt-count").toStdString(), "808 characters too long");
}

TEST_F(SettingsStory, CtrlLShowsThePrompt) {
    openStudio();
    window().resize(1280, 500);
    click("advanced"); // long enough to be scrolled
    find<QWidget>("dtype")->setFocus();
    auto* scroll = find<ui::RecipePanel>("recipe-panel")->findChild<QScrollArea*>();
    scroll->verticalScrollBar()->setValue(scroll->verticalScrollBar()->maximum());
    auto* prompt = find<ui::PromptEdit>("prompt");
    ASSERT_LT(prompt->mapTo(scroll->viewport(), QPoint(0, 0)).y(), 0); // out of sight
    press(Qt::Key_L, Qt::ControlModifier);
    EXPECT_EQ(QApplication::focusWidget(), prompt);
    EXPECT_GE(prompt->mapTo(scroll->viewport(), QPoint(0, 0)).y(), 0);
}

} // namespace
} // namespace rushes::testing
