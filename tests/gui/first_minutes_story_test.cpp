// Somebody starts the studio for the first time.
#include "controls/recipe_panel.h"
#include "desk/model_notice.h"
#include "gui/studio_fixture.h"
#include "session/settings.h"
#include "shell/preferences.h"
#include "stage/first_steps.h"
#include "stage/stage_panel.h"
#include "stage/stage_view.h"

#include <QCheckBox>
#include <QClipboard>
#include <QLabel>
#include <QMenu>
#include <QPushButton>

namespace rushes::testing {
namespace {

class FirstMinutesStory : public StudioFixture {
protected:
    QString toast() { return find<QLabel>("toast-text")->text(); }
};

TEST_F(FirstMinutesStory, TheStageSaysWhatTheMachineCanDoAndAnExampleRunsAtOnce) {
    script_.memory = 8'000'000'000;
    openStudio();
    auto* steps = find<ui::FirstSteps>("first-steps");
    EXPECT_TRUE(steps->isVisible());
    EXPECT_TRUE(until([&] { return steps->machine().contains(QStringLiteral("Fake device")); }));
    EXPECT_TRUE(steps->machine().contains(QStringLiteral("8.0 GB"))) << steps->machine().toStdString();
    EXPECT_TRUE(steps->machine().contains(QStringLiteral("takes"))) << steps->machine().toStdString();
    shot(QStringLiteral("first-start"));
    click("try-0");
    ASSERT_TRUE(generated(0));
    EXPECT_EQ(window().session().shelf().model().item(0).record.recipe.prompt, models_[0].examples[0]);
    EXPECT_EQ(find<ui::RecipePanel>("recipe-panel")->recipe().prompt, models_[0].examples[0]);
    EXPECT_FALSE(steps->isVisible());
    EXPECT_TRUE(toast().contains(QStringLiteral("Ctrl+E"))) << toast().toStdString();
}

TEST_F(FirstMinutesStory, OnASmallScreenFewerExamplesAreOfferedAndNoneIsCut) {
    models_.resize(1); // the notice of larger models takes room too
    script_.memory = 8'000'000'000;
    openStudio();
    auto* steps = find<ui::FirstSteps>("first-steps");
    ASSERT_TRUE(until([&] { return steps->machine().contains(QStringLiteral("Fake device")); }));
    int most = 0;
    for (const QSize size : {QSize(1600, 1000), QSize(1000, 640), QSize(720, 480), QSize(1600, 1000)}) {
        window().resize(size);
        QCoreApplication::processEvents();
        int offered = 0;
        for (const QPushButton* chip : steps->findChildren<QPushButton*>()) {
            offered += chip->isVisible() ? 1 : 0;
            const QRect place(chip->mapTo(steps, QPoint()), chip->size());
            EXPECT_TRUE(!chip->isVisible() || steps->rect().contains(place))
                << chip->text().toStdString() << " at " << size.width();
        }
        most = std::max(most, offered);
        EXPECT_TRUE(size.width() < 1600 || offered == most); // they come back
    }
    EXPECT_EQ(most, 3);
}

TEST_F(FirstMinutesStory, EachTipComesOnce) {
    openStudio();
    QStringList said;
    for (int i = 0; i < 4; ++i) {
        find<QLabel>("toast-text")->clear();
        press(Qt::Key_Return, Qt::ControlModifier);
        ASSERT_TRUE(generated(i));
        said << toast();
    }
    EXPECT_TRUE(said[0].contains(QStringLiteral("Ctrl+E")));
    EXPECT_TRUE(said[1].startsWith(QStringLiteral("C shows")));
    EXPECT_TRUE(said[2].contains(QStringLiteral("Ctrl+K")));
    EXPECT_FALSE(said[3].contains(QStringLiteral("Ctrl"))) << said[3].toStdString();
}

TEST_F(FirstMinutesStory, WithClipsTheStageShowsThem) {
    openStudio();
    press(Qt::Key_Return, Qt::ControlModifier);
    ASSERT_TRUE(generated(0));
    closeStudio();
    openStudio();
    EXPECT_FALSE(find<QWidget>("first-steps")->isVisible());
}

TEST_F(FirstMinutesStory, APageOfAModelIsCopiedUntilTheNetworkMayBeUsed) {
    models_.resize(1); // the demonstration alone: larger ones are spoken of
    openStudio();
    click("notice-where");
    auto* pages = find<QMenu>("notice-pages");
    EXPECT_TRUE(pages->isVisible());
    ASSERT_FALSE(pages->actions().isEmpty());
    QApplication::clipboard()->clear();
    pages->actions().front()->trigger();
    pages->close();
    EXPECT_TRUE(QApplication::clipboard()->text().startsWith(QStringLiteral("https://huggingface.co/")));
    EXPECT_TRUE(toast().startsWith(QStringLiteral("Address copied")));
}

} // namespace
} // namespace rushes::testing
