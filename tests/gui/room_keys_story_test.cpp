// The rooms beside the window by keyboard alone: all clips, takes, crop, camera. The focus is seen at every
// stop, every control has a name, and less motion holds there too.
#include "desk/desk.h"
#include "desk/library_desk.h"
#include "desk/seed_desk.h"
#include "desk/seed_page.h"
#include "gui/room_stops.h"
#include "gui/studio_fixture.h"
#include "inputs/camera_dialog.h"
#include "inputs/crop_dialog.h"
#include "library/clip_delegate.h"
#include "library/clip_grid.h"
#include "library/hover_play.h"
#include "library/library_page.h"

#include <QAbstractButton>
#include <QApplication>
#include <QContextMenuEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QTimer>

namespace rushes::testing {
namespace {

class RoomKeysStory : public StudioFixture {
protected:
    void makeThree() {
        openStudio();
        Recipe next = recipe();
        next.seed = 0;
        for (const char* words : {"a red ball", "a green star", "a blue ball"}) {
            ++next.seed;
            window().desk().applyRecipe(next);
            make(QLatin1String(words));
        }
    }

    ui::LibraryPage& openLibrary() {
        press(Qt::Key_B, Qt::ControlModifier);
        auto* page = window().findChild<ui::LibraryPage*>();
        EXPECT_NE(page, nullptr);
        EXPECT_TRUE(until([&] { return page->isVisible() && page->isActiveWindow(); }));
        return *page;
    }

    ui::ClipGridModel& found() { return window().session().shelf().grid(); }

    ClipRecord stored(std::int64_t id) { return ClipLibrary(parts().database).find(id).value(); }

    /// A key where the focus is.
    static void key(Qt::Key which, Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
        ASSERT_NE(QApplication::focusWidget(), nullptr);
        QTest::keyClick(QApplication::focusWidget(), which, modifiers);
    }

    static void words(const char* text) {
        QTest::keyClicks(QApplication::focusWidget(), QLatin1String(text));
    }

    static std::string focus() { return QApplication::focusWidget()->objectName().toStdString(); }
};

TEST_F(RoomKeysStory, AClipIsFoundRatedTaggedCollectedAndShown) {
    makeThree();
    ui::LibraryPage& page = openLibrary();
    ASSERT_TRUE(until([&] { return found().rowCount() == 3; }));
    EXPECT_EQ(focus(), "library-search") << "words can be typed at once";
    words("ball");
    ASSERT_TRUE(until([&] { return found().rowCount() == 2 && found().find(found().idAt(1)).has_value(); }));
    key(Qt::Key_Down);
    EXPECT_EQ(focus(), "clip-grid");
    key(Qt::Key_Right);
    const std::int64_t second = found().idAt(1);
    EXPECT_EQ(page.grid().chosenIds(), QList<qlonglong>{second});
    key(Qt::Key_5);
    ASSERT_TRUE(until([&] { return stored(second).rating == 5; }));
    key(Qt::Key_F);
    ASSERT_TRUE(until([&] { return stored(second).favourite; }));
    key(Qt::Key_T);
    ASSERT_TRUE(until([&] { return focus() == "library-tags"; }));
    words("sea");
    key(Qt::Key_Return);
    ASSERT_TRUE(until([&] { return stored(second).tags == std::vector<std::string>{"sea"}; }));
    EXPECT_EQ(focus(), "clip-grid") << "where it was";
    key(Qt::Key_C);
    ASSERT_TRUE(until([&] { return focus() == "library-collection-name"; }));
    words("Summer");
    key(Qt::Key_Return);
    ASSERT_TRUE(until([&] { return ClipLibrary(parts().database).collections().size() == 1; }));
    EXPECT_EQ(focus(), "clip-grid");
    key(Qt::Key_Return); // shows it on the stage, with its settings
    ASSERT_TRUE(until([&] { return window().desk().shown() && window().desk().shown()->id == second; }));
    EXPECT_FALSE(page.isVisible());
}

TEST_F(RoomKeysStory, TabGoesThroughTheLibraryAndItsMenuOpensByKey) {
    makeThree();
    ui::LibraryPage& page = openLibrary();
    ASSERT_TRUE(until([&] { return found().rowCount() == 3 && found().find(found().idAt(0)).has_value(); }));
    emit page.tagsTyped({found().idAt(0)}, {QStringLiteral("sea")});
    ASSERT_TRUE(until([&] { return page.findChild<QWidget*>(QStringLiteral("library-tag"))->isVisible(); }));
    expectNames(page);
    const QStringList stops = tabThrough(page);
    const std::string order = stops.join(QLatin1Char(' ')).toStdString();
    EXPECT_EQ(
        order,
        "library-favourites library-order library-stars library-shape library-age library-tag clip-grid"
    );
    page.grid().setFocus();
    page.grid().setCurrentIndex(found().index(0));
    QStringList offered;
    QTimer::singleShot(0, &page, [&] {
        auto* menu = qobject_cast<QMenu*>(QApplication::activePopupWidget());
        ASSERT_NE(menu, nullptr);
        for (const QAction* action : menu->actions()) {
            offered << action->text();
        }
        QTest::keyClick(menu, Qt::Key_Escape);
    });
    QContextMenuEvent event(QContextMenuEvent::Keyboard, {}, {});
    QApplication::sendEvent(page.grid().viewport(), &event);
    EXPECT_GE(offered.size(), 10);
}

TEST_F(RoomKeysStory, TabGoesThroughTheTakesAndAnotherSetIsDrawn) {
    openStudio();
    type(QStringLiteral("a red ball"));
    press(Qt::Key_N, Qt::ControlModifier | Qt::ShiftModifier);
    auto* page = window().findChild<ui::SeedPage*>();
    ASSERT_NE(page, nullptr);
    ASSERT_TRUE(until([&] { return page->isActiveWindow() && window().desk().seeds().sketches().done(); }));
    page->setCalm(true); // or moving takes would show a difference
    expectNames(*page);
    EXPECT_EQ(focus(), "takes");
    EXPECT_EQ(tabThrough(*page).join(QLatin1Char(' ')).toStdString(), "takes-others takes-make");
    const std::uint64_t seed = window().desk().seeds().sketches().take(1).seed;
    page->findChild<QWidget*>(QStringLiteral("takes"))->setFocus();
    key(Qt::Key_Right);
    key(Qt::Key_K);
    EXPECT_TRUE(window().desk().seeds().sketches().take(1).kept);
    key(Qt::Key_Tab);
    key(Qt::Key_Space); // other seeds
    ASSERT_TRUE(until([&] { return window().desk().seeds().sketches().done(); }));
    EXPECT_NE(window().desk().seeds().sketches().take(2).seed, seed);
}

TEST(RoomKeys, APictureIsCroppedByArrowsAndSigns) {
    QImage image(200, 100, QImage::Format_RGB888);
    image.fill(Qt::gray);
    ui::CropDialog dialog(image, 1.0);
    dialog.show();
    dialog.activateWindow();
    ASSERT_TRUE(QTest::qWaitForWindowActive(&dialog));
    expectNames(dialog);
    ASSERT_EQ(QApplication::focusWidget(), &dialog.view());
    QTest::keyClick(&dialog.view(), Qt::Key_Left);
    EXPECT_EQ(dialog.view().part(), QRect(48, 0, 100, 100));
    QTest::keyClick(&dialog.view(), Qt::Key_Minus);
    EXPECT_LT(dialog.view().scale(), 1);
    QTest::keyClick(&dialog.view(), Qt::Key_Plus);
    EXPECT_EQ(dialog.view().scale(), 1);
    EXPECT_TRUE(
        dialog.findChild<QLabel*>(QStringLiteral("crop-hint"))->text().contains(QStringLiteral("rrow"))
    ) << "the keys are named where they are seen";
    EXPECT_EQ(tabThrough(dialog).join(QLatin1Char(' ')).toStdString(), "crop-ok crop-cancel");
    dialog.view().setFocus();
    QTest::keyClick(&dialog.view(), Qt::Key_Return);
    EXPECT_EQ(dialog.result(), QDialog::Accepted);
}

TEST(RoomKeys, APictureIsTakenByReturn) {
    ui::CameraDialog dialog;
    dialog.show();
    dialog.activateWindow();
    ASSERT_TRUE(QTest::qWaitForWindowActive(&dialog));
    expectNames(dialog);
    QTest::keyClick(&dialog, Qt::Key_Return);
    ASSERT_TRUE(dialog.isVisible()) << "nothing was seen yet";
    QImage frame(32, 24, QImage::Format_RGB888);
    frame.fill(Qt::yellow);
    dialog.showFrame(frame);
    EXPECT_EQ(QApplication::focusWidget()->objectName().toStdString(), "camera-take");
    EXPECT_EQ(tabThrough(dialog).join(QLatin1Char(' ')).toStdString(), "camera-cancel");
    QTest::keyClick(&dialog, Qt::Key_Return);
    EXPECT_EQ(dialog.result(), QDialog::Accepted);
    EXPECT_EQ(dialog.picture().pixelColor(1, 1), QColor(Qt::yellow));
}

TEST_F(RoomKeysStory, WithLessMotionNothingMovesByItselfThere) {
    makeThree();
    ui::LibraryPage& page = openLibrary();
    ASSERT_TRUE(until([&] { return found().rowCount() == 3 && found().find(found().idAt(0)).has_value(); }));
    const auto moves = [&](const char* clock) {
        auto* timer = window().findChild<QTimer*>(QLatin1String(clock));
        EXPECT_NE(timer, nullptr) << clock;
        return timer != nullptr && timer->isActive();
    };
    auto* play = page.grid().findChild<ui::HoverPlay*>();
    ASSERT_NE(play, nullptr);
    const auto hovers = [&] { return play->findChild<QTimer*>()->isActive(); };
    play->hover(0);
    EXPECT_TRUE(hovers());
    window().desk().library().setCalm(true); // chosen while it moves
    EXPECT_FALSE(hovers());
    play->hover(1);
    EXPECT_FALSE(hovers());
    window().desk().library().setCalm(false);
    play->hover(2);
    EXPECT_TRUE(hovers());
    page.close();
    window().activateWindow();
    ASSERT_TRUE(until([&] { return window().isActiveWindow(); }));
    press(Qt::Key_N, Qt::ControlModifier | Qt::ShiftModifier);
    ASSERT_TRUE(until([&] { return window().findChild<ui::SeedPage*>() != nullptr; }));
    EXPECT_TRUE(moves("takes-clock"));
    window().desk().seeds().setCalm(true);
    EXPECT_FALSE(moves("takes-clock"));
    window().desk().seeds().setCalm(false);
    EXPECT_TRUE(moves("takes-clock"));
}

} // namespace
} // namespace rushes::testing
