#include "controls/generate_button.h"
#include "controls/recipe_panel.h"
#include "gui/studio_fixture.h"
#include "queue/queue_view.h"

#include <QAbstractButton>
#include <QLabel>

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

} // namespace
} // namespace rushes::testing
