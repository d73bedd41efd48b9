#include "controls/generate_button.h"
#include "controls/recipe_panel.h"
#include "gui/studio_fixture.h"
#include "jobs/job_queue.h"
#include "queue/queue_model.h"
#include "queue/queue_view.h"
#include "theme/tokens.h"

#include <QAbstractButton>
#include <QLabel>
#include <QScrollBar>

namespace rushes::testing {
namespace {

/// One clip is being made, three wait.
class QueueStory : public StudioFixture {
protected:
    void SetUp() override {
        StudioFixture::SetUp();
        openStudio();
        gate_.closeWhen([](const Progress& p) { return p.block == 2; });
        for (const char* prompt : {"a", "red", "green", "ball"}) {
            type(QLatin1String(prompt));
            press(Qt::Key_Return, Qt::ControlModifier);
        }
        ASSERT_TRUE(until([&] { return window().session().running() && view().model()->rowCount() == 4; }));
    }

    ui::QueueView& view() { return *find<ui::QueueView>("queue"); }

    QPoint card(int row) { return view().visualRect(view().model()->index(row, 0)).center(); }

    void drag(const QPoint& from, const QPoint& to) {
        QTest::mousePress(view().viewport(), Qt::LeftButton, {}, from);
        moveHeld((from + to) / 2);
        moveHeld(to);
        QTest::mouseRelease(view().viewport(), Qt::LeftButton, {}, to);
    }

    void moveHeld(const QPoint& place) {
        QWidget* viewport = view().viewport();
        QMouseEvent move(
            QEvent::MouseMove,
            place,
            viewport->mapToGlobal(place),
            Qt::NoButton,
            Qt::LeftButton,
            Qt::NoModifier
        );
        QCoreApplication::sendEvent(viewport, &move);
    }

    std::string order() {
        std::string text;
        for (int row = 0; row < view().model()->rowCount(); ++row) {
            text += window().session().queue().card(row).job.recipe.prompt + ' ';
        }
        return text;
    }
};

TEST_F(QueueStory, TheMouseMovesAWaitingCard) {
    drag(card(3), card(1));
    EXPECT_EQ(order(), "a ball red green ");
    drag(card(1), card(2));
    EXPECT_EQ(order(), "a red ball green ");
    EXPECT_EQ(view().currentIndex().row(), 2); // the card that was moved is the chosen one
    shot(QStringLiteral("queue-moved"));
}

TEST_F(QueueStory, ThePlaceBeforeTheRunningClipIsNotToBeHad) {
    drag(card(2), QPoint(20, -5));
    EXPECT_EQ(order(), "a green red ball ");
    drag(card(0), card(2)); // nor does the running one move
    EXPECT_EQ(order(), "a green red ball ");
}

TEST_F(QueueStory, AClickAndATremblingHandMoveNothing) {
    QTest::mouseClick(view().viewport(), Qt::LeftButton, {}, card(3));
    drag(card(3), card(3) + QPoint(2, -2));
    EXPECT_EQ(order(), "a red green ball ");
    EXPECT_EQ(view().currentIndex().row(), 3);
}

TEST_F(QueueStory, KeysMoveAndRemove) {
    view().setFocus();
    view().setCurrentIndex(view().model()->index(3, 0));
    QTest::keyClick(&view(), Qt::Key_Up, Qt::AltModifier);
    EXPECT_EQ(order(), "a red ball green ");
    QTest::keyClick(&view(), Qt::Key_Delete);
    EXPECT_EQ(order(), "a red green ");
}

TEST_F(QueueStory, ClearIsThereWhileSomethingWaits) {
    auto* clear = find<QAbstractButton>("queue-clear");
    EXPECT_TRUE(clear->isEnabled());
    click("queue-clear");
    EXPECT_EQ(order(), "a ");
    EXPECT_FALSE(clear->isEnabled());
}

TEST_F(QueueStory, WhatWasTakenOutComesBackWithUndo) {
    view().setFocus();
    view().setCurrentIndex(view().model()->index(2, 0));
    QTest::keyClick(&view(), Qt::Key_Delete);
    EXPECT_EQ(order(), "a red ball ");
    const auto* panel = find<ui::RecipePanel>("recipe-panel");
    const Recipe settings = panel->recipe();
    press(Qt::Key_Z, Qt::ControlModifier);
    EXPECT_EQ(order(), "a red green ball ");
    EXPECT_EQ(panel->recipe(), settings);
    click("queue-clear");
    EXPECT_EQ(order(), "a ");
    click("toast-action");
    EXPECT_EQ(order(), "a red green ball ");
}

TEST_F(QueueStory, APausedQueueSaysSo) {
    click("queue-pause");
    EXPECT_EQ(find<QAbstractButton>("queue-pause")->text().toStdString(), "Resume queue");
    gate_.open();
    ASSERT_TRUE(until([&] { return !window().session().running(); }));
    auto* generate = find<ui::GenerateButton>("generate");
    EXPECT_EQ(generate->text().toStdString(), "Queue (paused)");
    press(Qt::Key_Return, Qt::ControlModifier);
    EXPECT_FALSE(window().session().running());
    EXPECT_EQ(find<QLabel>("toast-text")->text().toStdString(), "The queue is paused: 4 clips wait.");
    shot(QStringLiteral("queue-paused"));
    click("toast-action");
    EXPECT_TRUE(until([&] { return window().session().queue().rowCount() == 0; }));
    EXPECT_EQ(generate->text().toStdString(), "Generate");
}

TEST_F(QueueStory, ACardSaysShapeAndLengthAndTheQueueItsTotal) {
    const QString state = view().model()->index(1, 0).data(ui::QueueModel::state_role).toString();
    EXPECT_TRUE(state.startsWith(QStringLiteral("160×96 · 2.8 s"))) << state.toStdString();
    const QString total = find<QWidget>("queue-total")->property("text").toString();
    EXPECT_TRUE(total.startsWith(QStringLiteral("4 clips · "))) << total.toStdString();
    // The cards take the room that is there, without a bar of their own.
    EXPECT_GE(view().viewport()->height(), 4 * ui::size::queue_card);
    EXPECT_FALSE(view().verticalScrollBar()->isVisible());
}

TEST_F(QueueStory, AMoveIsUndone) {
    drag(card(3), card(1));
    EXPECT_EQ(order(), "a ball red green ");
    EXPECT_TRUE(find<QLabel>("toast-text")->text().startsWith(QStringLiteral("Moved forward")));
    press(Qt::Key_Z, Qt::ControlModifier);
    EXPECT_EQ(order(), "a red green ball ");
    press(Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
    EXPECT_EQ(order(), "a ball red green ");
}

TEST_F(QueueStory, TheNextOneGoesInFront) {
    type(QStringLiteral("star"));
    press(Qt::Key_Return, Qt::ControlModifier | Qt::ShiftModifier);
    EXPECT_EQ(order(), "a star red green ball ");
    // Stored so, too.
    ASSERT_TRUE(until([&] {
        const auto jobs = JobQueue(folder_ / "data" / "queue.db").jobs();
        return jobs.size() == 5 && jobs[1].recipe.prompt == "star";
    }));
}

TEST_F(QueueStory, WhatWaitsIsReplacedAndComesBackWithUndo) {
    type(QStringLiteral("star"));
    press(Qt::Key_Return, Qt::ControlModifier | Qt::AltModifier);
    EXPECT_EQ(order(), "a star ");
    press(Qt::Key_Z, Qt::ControlModifier);
    EXPECT_EQ(order(), "a red green ball star ");
}

TEST_F(QueueStory, AWaitingClipIsEditedInPlace) {
    type(QStringLiteral("my own words"));
    const auto* panel = find<ui::RecipePanel>("recipe-panel");
    const Recipe own = panel->recipe();
    view().setFocus();
    view().setCurrentIndex(view().model()->index(2, 0));
    QTest::keyClick(&view(), Qt::Key_Return);
    EXPECT_EQ(panel->recipe().prompt, "green");
    auto* generate = find<ui::GenerateButton>("generate");
    EXPECT_EQ(generate->text().toStdString(), "Keep the change");
    EXPECT_TRUE(find<QWidget>("edit-note")->isVisible());
    shot(QStringLiteral("queue-edit"));
    type(QStringLiteral("star"));
    press(Qt::Key_Return, Qt::ControlModifier);
    EXPECT_EQ(order(), "a red star ball ");
    EXPECT_EQ(panel->recipe(), own); // the person's own settings are back
    EXPECT_FALSE(find<QWidget>("edit-note")->isVisible());
    EXPECT_EQ(generate->text().toStdString(), "Queue");
    gate_.open();
    ASSERT_TRUE(until([&] { return clips() == 4 && !window().session().running(); }));
    EXPECT_EQ(window().session().shelf().model().item(1).record.recipe.prompt, "star");
}

TEST_F(QueueStory, EscLeavesAnEditedClipAsItWas) {
    const Recipe own = find<ui::RecipePanel>("recipe-panel")->recipe();
    QTest::mouseDClick(view().viewport(), Qt::LeftButton, {}, card(1));
    EXPECT_EQ(find<ui::RecipePanel>("recipe-panel")->recipe().prompt, "red");
    type(QStringLiteral("star"));
    press(Qt::Key_Escape);
    EXPECT_EQ(order(), "a red green ball ");
    EXPECT_EQ(find<ui::RecipePanel>("recipe-panel")->recipe(), own);
    EXPECT_TRUE(window().session().running()); // Esc meant the editing
}

TEST_F(QueueStory, AnEditedClipThatIsGoneGivesTheSettingsBack) {
    const Recipe own = find<ui::RecipePanel>("recipe-panel")->recipe();
    QTest::mouseDClick(view().viewport(), Qt::LeftButton, {}, card(1));
    click("queue-clear");
    EXPECT_EQ(find<ui::RecipePanel>("recipe-panel")->recipe(), own);
    EXPECT_FALSE(find<QWidget>("edit-note")->isVisible());
}

} // namespace
} // namespace rushes::testing
