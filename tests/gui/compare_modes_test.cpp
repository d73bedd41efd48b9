// The ways of comparing two clips, chosen by key and menu, and the curve of how alike they are.
#include "desk/likeness.h"
#include "gui/room_stops.h"
#include "gui/studio_fixture.h"
#include "media/compare_clips.h"
#include "media/encoder.h"
#include "stage/likeness_curve.h"
#include "stage/stage_panel.h"
#include "stage/stage_view.h"

#include <QMenu>
#include <QToolButton>

namespace rushes::testing {
namespace {

using ui::CompareMode;

class CompareModes : public StudioFixture {
protected:
    /// Two clips of other colours, compared and paused.
    void compareTwo() {
        makeTwoColours();
        press(Qt::Key_C);
        ASSERT_TRUE(until([&] { return player().other() && !player().otherPicture().isNull(); }));
        player().pause();
        press(Qt::Key_Home);
    }

    ui::Player& player() { return window().stage().player(); }

    ui::StageView& view() { return window().stage().view(); }

    ui::LikenessCurve& curve() { return *find<ui::LikenessCurve>("likeness-curve"); }

    void chooseFromMenu(const QString& words) {
        auto* menu = find<QToolButton>("compare")->menu();
        ASSERT_NE(menu, nullptr);
        for (QAction* action : menu->actions()) {
            if (action->text() == words) {
                menu->popup(view().mapToGlobal(QPoint(10, 10)));
                QTest::mouseClick(menu, Qt::LeftButton, {}, menu->actionGeometry(action).center());
                return;
            }
        }
        FAIL() << words.toStdString();
    }
};

TEST_F(CompareModes, AKeyGoesThroughThemAndTheMenuSaysWhichItIs) {
    compareTwo();
    const auto checked = [&] {
        QStringList words;
        for (const QAction* action : find<QToolButton>("compare")->menu()->actions()) {
            if (action->isChecked()) {
                words << action->text();
            }
        }
        return words.join(QLatin1Char(',')).toStdString();
    };
    EXPECT_EQ(checked(), "Compare by a divider");
    const std::vector<std::pair<CompareMode, std::string>> expected{
        {CompareMode::side, "Compare side by side"},
        {CompareMode::difference, "Compare by the difference"},
        {CompareMode::onion, "Compare by onion skin"},
        {CompareMode::wipe, "Compare by a divider"},
    };
    for (const auto& [mode, words] : expected) {
        press(Qt::Key_C, Qt::ShiftModifier);
        EXPECT_EQ(view().compareMode(), mode);
        EXPECT_EQ(checked(), words);
        ASSERT_TRUE(until([&] { return view().settled(); }));
        shot(QStringLiteral("compare-%1").arg(static_cast<int>(mode)));
    }
}

TEST_F(CompareModes, TheMenuChoosesOneAndBeginsTheComparison) {
    compareTwo();
    press(Qt::Key_C);
    ASSERT_FALSE(view().comparing());
    chooseFromMenu(QStringLiteral("Compare side by side"));
    ASSERT_TRUE(until([&] { return view().comparing(); }));
    EXPECT_EQ(view().compareMode(), CompareMode::side);
    EXPECT_EQ(view().accessibleDescription().toStdString(), "Two clips side by side");
}

TEST_F(CompareModes, TheCurveShowsEachFrameAndAClickGoesToIt) {
    compareTwo();
    ASSERT_TRUE(until([&] { return !curve().values().empty(); }));
    EXPECT_TRUE(curve().isVisible());
    const auto file = [&](int row) { return window().session().shelf().model().item(row).record.file; };
    ClipReader left(file(1));
    ClipReader right(file(0));
    std::vector<double> expected;
    while (const FramePtr a = left.next()) {
        expected.push_back(ssim(*a, *right.next()));
    }
    EXPECT_EQ(curve().values(), expected);
    QTest::mouseClick(&curve(), Qt::LeftButton, {}, curve().pointOf(20).toPoint());
    EXPECT_EQ(player().clock().index(), 20);
    const auto value = [&](std::size_t frame) {
        return QStringLiteral("Frame %1: SSIM %2")
            .arg(frame + 1)
            .arg(expected[frame], 0, 'f', 3)
            .toStdString();
    };
    EXPECT_EQ(curve().toolTip().toStdString(), value(20));
    press(Qt::Key_C);
    EXPECT_FALSE(curve().isVisible());
}

TEST_F(CompareModes, TheCurveIsReachedByTabAndTheArrowsMoveItsFrame) {
    compareTwo();
    ASSERT_TRUE(until([&] { return !curve().values().empty(); }));
    const QStringList met = tabThrough(window(), 80);
    EXPECT_TRUE(met.contains(QStringLiteral("likeness-curve"))) << met.join(u' ').toStdString();
    curve().setFocus(Qt::TabFocusReason);
    const auto value = [&](std::size_t frame) {
        return QStringLiteral("frame by frame. Frame %1: SSIM %2")
            .arg(frame + 1)
            .arg(curve().values()[frame], 0, 'f', 3);
    };
    QTest::keyClick(&curve(), Qt::Key_Right);
    QTest::keyClick(&curve(), Qt::Key_Right);
    EXPECT_EQ(player().clock().index(), 2);
    EXPECT_TRUE(curve().accessibleName().endsWith(value(2))) << curve().accessibleName().toStdString();
    QTest::keyClick(&curve(), Qt::Key_Left);
    EXPECT_EQ(player().clock().index(), 1);
    EXPECT_TRUE(curve().accessibleName().endsWith(value(1))) << curve().accessibleName().toStdString();
    EXPECT_TRUE(curve().hasFocus());
    shot(QStringLiteral("compare-curve-focus"));
}

TEST_F(CompareModes, TheWayThatWasChosenIsThereAfterARestart) {
    compareTwo();
    press(Qt::Key_C, Qt::ShiftModifier);
    chooseFromMenu(QStringLiteral("Compare by onion skin"));
    closeStudio();
    openStudio();
    EXPECT_EQ(view().compareMode(), CompareMode::onion);
    press(Qt::Key_C, Qt::ShiftModifier); // of no use while nothing is compared
    EXPECT_EQ(view().compareMode(), CompareMode::onion);
}

TEST_F(CompareModes, WhatIsNoWayOfComparingCountsAsTheDivider) {
    for (const CompareMode mode :
         {CompareMode::wipe, CompareMode::side, CompareMode::difference, CompareMode::onion}) {
        EXPECT_EQ(ui::compareModeOf(ui::nameOf(mode)), mode);
    }
    EXPECT_EQ(ui::compareModeOf(QStringLiteral("sideways")), CompareMode::wipe);
}

/// A clip of the scene's size and one of another, brought in from outside and compared.
TEST_F(CompareModes, TheCurveSaysAtWhichSizeItWasMeasuredOrWhyThereIsNone) {
    std::filesystem::create_directories(folder_);
    const auto write = [&](const char* name, int width, int height) {
        const auto encoder = Encoder::open(folder_ / name, width, height, {10, 1}, {}, {});
        for (int index = 0; index < 3; ++index) {
            encoder->write(
                Frame{width, height, index, std::vector<std::uint8_t>(std::size_t(3) * width * height, 90)}
            );
        }
        encoder->finish();
        return folder_ / name;
    };
    const auto small = write("small.mkv", 32, 24);
    const auto large = write("large.mkv", 64, 48);
    const auto tall = write("tall.mkv", 32, 48);
    ui::Likeness likeness;
    const auto measured = [&](const std::filesystem::path& other) {
        likeness.words(small, other);
        return until([&] { return !likeness.note().isEmpty(); });
    };
    ui::LikenessCurve shown;
    ASSERT_TRUE(measured(large));
    EXPECT_EQ(likeness.curve().size(), 3U);
    shown.setValues(likeness.curve(), 3, likeness.note());
    EXPECT_EQ(
        shown.toolTip().toStdString(), "Frame 1: SSIM 1.000\nMeasured at 32x24, the size of the smaller clip"
    );
    ASSERT_TRUE(measured(tall));
    EXPECT_TRUE(likeness.curve().empty());
    shown.setValues(likeness.curve(), 3, likeness.note());
    EXPECT_TRUE(shown.isVisibleTo(nullptr));
    EXPECT_TRUE(shown.toolTip().contains(QStringLiteral("32x24 and 32x48"))) << shown.toolTip().toStdString();
    shown.setValues({}, 0);
    EXPECT_TRUE(shown.isHidden());
}

/// A stage of two plain pictures.
class ModesOfTheStage : public ::testing::Test {
protected:
    ModesOfTheStage() {
        own_.fill(QColor(100, 40, 200));
        other_.fill(QColor(90, 60, 200));
        view_.resize(600, 300);
        view_.setShape(own_.size());
        view_.setPicture(own_);
        view_.setOther(other_, other_.size());
        view_.show();
    }

    QColor at(QPoint place) {
        EXPECT_TRUE(QTest::qWaitFor([&] { return view_.settled(); }));
        return view_.grab().toImage().pixelColor(place);
    }

    QImage own_{40, 20, QImage::Format_RGB888};
    QImage other_{40, 20, QImage::Format_RGB888};
    ui::StageView view_;
};

TEST_F(ModesOfTheStage, TheDifferenceIsShownFourfold) {
    view_.setCompareMode(CompareMode::difference);
    const QColor seen = at(view_.pictureRect().center());
    EXPECT_NEAR(seen.red(), 10 * ui::difference_gain, 2);
    EXPECT_NEAR(seen.green(), 20 * ui::difference_gain, 2);
    EXPECT_EQ(seen.blue(), 0);
    view_.setOther(own_, own_.size());
    EXPECT_EQ(at(view_.pictureRect().center()), QColor(Qt::black)); // of equal ones nothing
}

TEST_F(ModesOfTheStage, OnionSkinMixesBothByTheDividersShare) {
    view_.setCompareMode(CompareMode::onion);
    view_.setDivider(0.25);
    const QColor seen = at(view_.pictureRect().center());
    EXPECT_NEAR(seen.red(), 100 - 0.25 * 10, 1.5);
    EXPECT_NEAR(seen.green(), 40 + 0.25 * 20, 1.5);
    view_.setDivider(1);
    EXPECT_EQ(at(view_.pictureRect().center()), QColor(90, 60, 200));
}

TEST_F(ModesOfTheStage, SideBySideEachHasItsHalfAndZoomsAlike) {
    view_.setCompareMode(CompareMode::side);
    const QRect own = view_.pictureRect();
    EXPECT_GE(own.left(), view_.width() / 2);
    EXPECT_EQ(at(own.center()), QColor(100, 40, 200));
    EXPECT_EQ(at(QPoint(view_.width() - own.center().x(), own.center().y())), QColor(90, 60, 200));
    // The same point of each picture, in its own half.
    const QPoint in_own = own.topLeft() + QPoint(20, 10);
    const QPoint away(own.center().x() - (view_.width() - 1 - own.center().x()), 0);
    view_.zoomBy(2, in_own);
    const QRect enlarged = view_.pictureRect();
    view_.zoomToFit();
    view_.zoomBy(2, in_own - away);
    EXPECT_NEAR(view_.pictureRect().left(), enlarged.left(), 2);
    EXPECT_NEAR(view_.pictureRect().top(), enlarged.top(), 2);
}

} // namespace
} // namespace rushes::testing
