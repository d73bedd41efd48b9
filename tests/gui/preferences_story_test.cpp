#include "gui/studio_fixture.h"
#include "shell/preferences.h"
#include "stage/stage_panel.h"

#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>

namespace rushes::testing {
namespace {

class PreferencesStory : public StudioFixture {
protected:
    ui::Preferences* openPage() {
        press(Qt::Key_Comma, Qt::ControlModifier);
        auto* page = window().findChild<ui::Preferences*>();
        EXPECT_NE(page, nullptr);
        return page;
    }
};

TEST_F(PreferencesStory, ASearchLeavesOnlyWhatFits) {
    openStudio();
    ui::Preferences* page = openPage();
    ASSERT_NE(page, nullptr);
    auto* search = page->findChild<QLineEdit*>(QStringLiteral("preferences-search"));
    EXPECT_TRUE(page->findChild<QWidget*>(QStringLiteral("pref-theme"))->isVisible());
    QTest::keyClicks(search, QStringLiteral("sound"));
    EXPECT_FALSE(page->findChild<QWidget*>(QStringLiteral("pref-theme"))->isVisible());
    EXPECT_TRUE(page->findChild<QWidget*>(QStringLiteral("pref-sound"))->isVisible());
    shot(QStringLiteral("preferences"));
}

TEST_F(PreferencesStory, NamesOfNewClipsFollowThePattern) {
    openStudio();
    ui::Preferences* page = openPage();
    ASSERT_NE(page, nullptr);
    auto* name = page->findChild<QLineEdit*>(QStringLiteral("pref-name"));
    name->selectAll();
    QTest::keyClicks(name, QStringLiteral("{prompt} no {seed}"));
    page->close();
    window().activateWindow();
    type(QStringLiteral("a red ball"));
    press(Qt::Key_Return, Qt::ControlModifier);
    ASSERT_TRUE(generated(0));
    const auto& record = window().session().shelf().model().item(0).record;
    EXPECT_EQ(
        record.file.filename().string(), "a-red-ball no " + std::to_string(record.recipe.seed) + ".mp4"
    );
}

TEST_F(PreferencesStory, WhatIsChosenHoldsAtOnceAndAfterARestart) {
    openStudio();
    ui::Preferences* page = openPage();
    ASSERT_NE(page, nullptr);
    page->findChild<QCheckBox*>(QStringLiteral("pref-calm"))->setChecked(true);
    page->findChild<QCheckBox*>(QStringLiteral("pref-guides"))->setChecked(true);
    EXPECT_TRUE(window().actions()[ui::Command::guides].isChecked());
    page->close();
    closeStudio();
    openStudio();
    EXPECT_TRUE(window().actions()[ui::Command::guides].isChecked());
    press(Qt::Key_Return, Qt::ControlModifier);
    ASSERT_TRUE(generated(0));
    EXPECT_FALSE(window().stage().player().playing()); // less motion: it waits to be played
}

} // namespace
} // namespace rushes::testing
