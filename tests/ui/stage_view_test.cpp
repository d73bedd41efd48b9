#include "stage/progress_line.h"
#include "stage/stage_panel.h"
#include "stage/stage_view.h"
#include "stage/time_line.h"

#include <gtest/gtest.h>

#include <QPushButton>
#include <QSignalSpy>
#include <QTest>
#include <QWheelEvent>

namespace rushes::ui {
namespace {

std::shared_ptr<StageClip> finishedClip(int frames) {
    auto store = std::make_shared<FrameStore>(std::size_t{1} << 20);
    for (int i = 0; i < frames; ++i) {
        auto frame = std::make_shared<Frame>();
        frame->width = 2;
        frame->height = 1;
        frame->index = i;
        frame->rgb.assign(6, 0);
        store->add(frame);
    }
    auto clip = std::make_shared<StageClip>(ClipShape{2, 1, frames, 0, {10, 1}}, store);
    clip->finish();
    return clip;
}

class StagePanelTest : public ::testing::Test {
protected:
    StagePanelTest() {
        panel_.resize(800, 600);
        panel_.show();
        panel_.player().show(finishedClip(100));
    }

    static void turnWheel(QWidget& widget, QPoint angle) {
        QWheelEvent event(
            QPointF(5, 5), QPointF(5, 5), {}, angle, Qt::NoButton, Qt::NoModifier, Qt::NoScrollPhase, false
        );
        QCoreApplication::sendEvent(&widget, &event);
    }

    PlaybackClock::Time now_{};
    StagePanel panel_{[this] { return now_; }};
};

/// The rows of `image` that `other` shows otherwise in the middle of the picture.
std::vector<int> rowsThatDiffer(const QImage& image, const QImage& other) {
    std::vector<int> rows;
    for (int y = 0; y < image.height(); ++y) {
        if (image.pixel(image.width() / 2, y) != other.pixel(image.width() / 2, y)) {
            rows.push_back(y);
        }
    }
    return rows;
}

TEST(StageGuides, LieWhereThePlacesForShortClipsPutTheirWords) {
    StageView view;
    view.resize(400, 700);
    QImage picture(90, 160, QImage::Format_RGB888);
    picture.fill(QColor(90, 120, 150));
    view.setPicture(picture);
    view.show();
    ASSERT_TRUE(QTest::qWaitFor([&] { return view.settled(); }));
    const QImage without = view.grab().toImage();
    view.setGuides(true);
    const QImage with = view.grab().toImage();
    const auto rows = rowsThatDiffer(with, without);
    ASSERT_FALSE(rows.empty());
    // Meta's guide for Reels: 14 % above and 35 % below are covered.
    const QRect place = view.pictureRect();
    EXPECT_NEAR(rows.front(), place.top() + 0.14 * place.height(), 2.5);
    EXPECT_NEAR(rows.back(), place.top() + 0.65 * place.height(), 2.5);
    EXPECT_LE(rows.size(), 8U) << "two lines";
    view.setGuides(false);
    EXPECT_EQ(view.grab().toImage(), without);
}

TEST_F(StagePanelTest, AClickPausesAndADoubleClickDoesNot) {
    EXPECT_TRUE(panel_.player().playing());
    QTest::mouseClick(&panel_.view(), Qt::LeftButton);
    EXPECT_FALSE(panel_.player().playing());
    QTest::mouseClick(&panel_.view(), Qt::LeftButton);
    EXPECT_TRUE(panel_.player().playing());
    const QSignalSpy doubled(&panel_.view(), &StageView::doubleClicked);
    QTest::mouseClick(&panel_.view(), Qt::LeftButton);
    QTest::mouseDClick(&panel_.view(), Qt::LeftButton); // the second press of the two
    EXPECT_EQ(doubled.count(), 1);
    EXPECT_TRUE(panel_.player().playing());
}

TEST_F(StagePanelTest, AHeldPlayheadStaysUnderTheMouse) {
    auto* line = panel_.findChild<TimeLine*>();
    ASSERT_NE(line, nullptr);
    const QPoint middle(line->width() / 2, line->height() / 2);
    QTest::mousePress(line, Qt::LeftButton, {}, middle);
    now_ += std::chrono::seconds(2);
    panel_.player().tick();
    EXPECT_EQ(panel_.player().clock().index(), 50);
    QTest::mouseRelease(line, Qt::LeftButton, {}, middle);
    now_ += std::chrono::milliseconds(150);
    panel_.player().tick();
    EXPECT_EQ(panel_.player().clock().index(), 51);
}

TEST_F(StagePanelTest, TheWheelStepsOnceANotch) {
    auto* line = panel_.findChild<TimeLine*>();
    panel_.player().pause();
    panel_.player().seek(20);
    turnWheel(*line, {0, -120});
    EXPECT_EQ(panel_.player().clock().index(), 21);
    for (int i = 0; i < 8; ++i) {
        turnWheel(*line, {0, 15}); // a touchpad
    }
    EXPECT_EQ(panel_.player().clock().index(), 20);
    turnWheel(*line, {120, 0}); // sideways
    EXPECT_EQ(panel_.player().clock().index(), 20);
}

TEST_F(StagePanelTest, AnErrorTakesThePlaceOfTheProgressOnlyWhenNothingRuns) {
    const Error error(ErrorKind::user, "That is no model.");
    panel_.showError(error);
    EXPECT_FALSE(panel_.progress().isVisible());
    panel_.dismissError();
    panel_.progress().begin();
    panel_.showError(error);
    EXPECT_TRUE(panel_.progress().isVisible());
    EXPECT_TRUE(panel_.error().isVisible());
}

TEST_F(StagePanelTest, TheCardStaysUntilItsLeverHelped) {
    int pulled = 0;
    panel_.showError(Error(ErrorKind::resource, "Full."), {{QStringLiteral("Choose"), [&] { ++pulled; }}});
    auto* lever = panel_.findChild<QPushButton*>(QStringLiteral("error-lever-0"));
    ASSERT_NE(lever, nullptr);
    QTest::mouseClick(lever, Qt::LeftButton);
    EXPECT_EQ(pulled, 1);
    EXPECT_TRUE(panel_.error().isVisible()); // a dialog may have been cancelled
}

} // namespace
} // namespace rushes::ui
