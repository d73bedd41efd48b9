#include "stage/player.h"

#include <gtest/gtest.h>

#include <QSignalSpy>

namespace rushes::ui {
namespace {

using namespace std::chrono_literals;

class PlayerTest : public ::testing::Test {
protected:
    static FramePtr frameAt(std::int64_t index) {
        auto frame = std::make_shared<Frame>();
        frame->width = 2;
        frame->height = 1;
        frame->index = index;
        frame->rgb.assign(6, static_cast<std::uint8_t>(index));
        return frame;
    }

    /// Of eight frames: four look like 100, four like 101.
    static Preview estimate() {
        const auto picture = [](std::int64_t index, std::uint8_t colour) {
            auto frame = std::make_shared<Frame>(*frameAt(index));
            frame->rgb.assign(6, colour);
            return frame;
        };
        Preview preview;
        preview.pictures = {picture(0, 100), picture(4, 101)};
        preview.end_frame = 8;
        return preview;
    }

    static std::shared_ptr<StageClip> clipOf(std::int64_t frames, std::int64_t whole) {
        auto store = std::make_shared<FrameStore>(std::size_t{1} << 20);
        auto clip = std::make_shared<StageClip>(ClipShape{2, 1, whole, 0, {10, 1}}, store);
        grow(*clip, frames);
        return clip;
    }

    static void grow(StageClip& clip, std::int64_t frames) {
        for (std::int64_t i = 0; i < frames; ++i) {
            clip.store()->add(frameAt(clip.store()->size()));
        }
    }

    int shown() const { return player_.picture().isNull() ? -1 : qRed(player_.picture().pixel(0, 0)); }

    void after(std::chrono::milliseconds time) {
        now_ += time;
        player_.tick();
    }

    PlaybackClock::Time now_{};
    Player player_{[this] { return now_; }};
};

TEST_F(PlayerTest, WaitsForAFewFramesBeforeItPlaysTheRealThing) {
    const auto clip = clipOf(4, 33);
    player_.show(clip);
    EXPECT_EQ(shown(), 0);
    grow(*clip, 1);
    player_.poll();
    EXPECT_TRUE(player_.playing());
    after(250ms);
    EXPECT_EQ(shown(), 2);
    EXPECT_EQ(player_.shownKind(), PictureKind::final_frame);
}

TEST_F(PlayerTest, TheOldPictureStaysUntilTheNewClipHasOne) {
    const auto old = clipOf(3, 3);
    old->finish();
    player_.show(old);
    player_.pause();
    player_.seek(2);
    const auto next = clipOf(0, 33);
    player_.show(next);
    EXPECT_EQ(player_.clip(), old);
    EXPECT_EQ(player_.wanted(), next);
    EXPECT_EQ(shown(), 2);
    grow(*next, 1);
    player_.poll();
    EXPECT_EQ(player_.clip(), next);
    EXPECT_EQ(shown(), 0);
}

TEST_F(PlayerTest, WithoutAClipTheStageIsEmpty) {
    player_.show(clipOf(3, 3));
    EXPECT_EQ(shown(), 0);
    player_.show(nullptr);
    EXPECT_EQ(player_.clip(), nullptr);
    EXPECT_TRUE(player_.picture().isNull());
}

TEST_F(PlayerTest, APersonWhoPausedIsLeftAlone) {
    const auto clip = clipOf(6, 33);
    player_.show(clip);
    player_.pause();
    grow(*clip, 10);
    player_.poll();
    EXPECT_FALSE(player_.playing());
    player_.seek(12);
    EXPECT_EQ(shown(), 12);
}

TEST_F(PlayerTest, PreviewsPlayBeforeThereAreFrames) {
    const auto clip = clipOf(0, 8);
    clip->addPreview(estimate());
    player_.show(clip);
    EXPECT_TRUE(player_.playing());
    EXPECT_EQ(shown(), 100);
    EXPECT_EQ(player_.shownKind(), PictureKind::preview);
    after(450ms);
    EXPECT_EQ(shown(), 101);
    after(400ms); // round
    EXPECT_EQ(shown(), 100);
}

TEST_F(PlayerTest, DroppedFramesAreFetchedAndShownWhenTheyCome) {
    auto store = std::make_shared<FrameStore>(std::size_t{13}); // two frames of six bytes
    const auto clip = std::make_shared<StageClip>(ClipShape{2, 1, 5, 0, {10, 1}}, store);
    grow(*clip, 5);
    clip->finish();
    std::vector<std::int64_t> asked;
    player_.setFetch([&](const std::shared_ptr<StageClip>&, std::int64_t index) { asked.push_back(index); });
    player_.show(clip);
    player_.pause();
    ASSERT_FALSE(asked.empty());
    EXPECT_EQ(asked.front(), 0);
    player_.keep(clip, frameAt(0));
    EXPECT_EQ(shown(), 0);
}

TEST_F(PlayerTest, ShuttleGetsFasterAndTurnsRound) {
    const auto clip = clipOf(20, 20);
    clip->finish();
    player_.show(clip);
    player_.pause();
    player_.shuttle(1);
    EXPECT_DOUBLE_EQ(player_.clock().speed(), 1);
    player_.shuttle(1);
    EXPECT_DOUBLE_EQ(player_.clock().speed(), 2);
    player_.shuttle(-1);
    EXPECT_DOUBLE_EQ(player_.clock().speed(), -1);
    player_.shuttle(0);
    EXPECT_FALSE(player_.playing());
}

TEST_F(PlayerTest, OneFrameIsShownOnce) {
    const auto clip = clipOf(20, 20);
    clip->finish();
    player_.show(clip);
    const QSignalSpy spy(&player_, &Player::pictureChanged);
    for (int i = 0; i < 10; ++i) {
        after(5ms);
    }
    EXPECT_EQ(spy.count(), 0); // all within the same frame's time
}

TEST_F(PlayerTest, TheOtherClipShowsTheSameMomentAndHoldsItsLastFrame) {
    const auto clip = clipOf(10, 10); // 10 frames a second
    clip->finish();
    player_.show(clip);
    player_.pause();
    auto store = std::make_shared<FrameStore>(std::size_t{1} << 20);
    const auto other = std::make_shared<StageClip>(ClipShape{2, 1, 12, 0, {20, 1}}, store);
    grow(*other, 12);
    other->finish();
    const QSignalSpy changes(&player_, &Player::otherChanged);
    player_.compareWith(other);
    player_.seek(3);
    EXPECT_EQ(shown(), 3);
    EXPECT_EQ(qRed(player_.otherPicture().pixel(0, 0)), 6);
    EXPECT_GE(changes.count(), 2);
    player_.seek(9); // 0.9 s; the other one ends after 0.6 s
    EXPECT_EQ(qRed(player_.otherPicture().pixel(0, 0)), 11);
    player_.compareWith(nullptr);
    EXPECT_TRUE(player_.otherPicture().isNull());
}

TEST_F(PlayerTest, TheFirstFrameIsSeenForItsWholeTimeWhenFramesTakeOverFromEstimates) {
    const auto clip = clipOf(0, 33);
    clip->addPreview(estimate());
    player_.show(clip);
    after(50ms);
    now_ += 450ms; // the window was busy; meanwhile the frames came
    grow(*clip, 9);
    player_.poll();
    EXPECT_EQ(shown(), 0);
    after(90ms);
    EXPECT_EQ(shown(), 0);
    after(20ms);
    EXPECT_EQ(shown(), 1);
}

TEST_F(PlayerTest, AFrameThatWasSoughtIsSeenForItsWholeTime) {
    const auto clip = clipOf(20, 20);
    clip->finish();
    player_.show(clip);
    now_ += 300ms;
    player_.seek(10);
    after(1ms); // time begins anew
    after(90ms);
    EXPECT_EQ(shown(), 10);
    after(20ms);
    EXPECT_EQ(shown(), 11);
}

TEST_F(PlayerTest, PlaybackStandsStillWhileThePlayheadIsHeld) {
    const auto clip = clipOf(10, 20);
    player_.show(clip);
    player_.hold(true);
    player_.seek(4);
    grow(*clip, 2);
    player_.poll();
    after(500ms);
    EXPECT_EQ(shown(), 4);
    EXPECT_TRUE(player_.playing()); // as the button goes on to say
    player_.hold(false);
    after(110ms);
    EXPECT_EQ(shown(), 5);
    player_.pause();
    player_.hold(true);
    player_.hold(false);
    after(500ms);
    EXPECT_EQ(shown(), 5); // who had paused stays paused
}

TEST_F(PlayerTest, TheClipOnTheStageStaysWhenItIsAskedForAgain) {
    const auto old = clipOf(3, 3);
    old->finish();
    player_.show(old);
    player_.pause();
    player_.seek(2);
    const auto next = clipOf(0, 33);
    player_.show(next);
    player_.show(old);
    EXPECT_EQ(player_.wanted(), old);
    EXPECT_EQ(shown(), 2); // not from the start
    grow(*next, 9);
    player_.poll();
    EXPECT_EQ(player_.clip(), old);
}

TEST_F(PlayerTest, WithoutAClipNothingPlays) {
    player_.togglePlay();
    player_.shuttle(1);
    EXPECT_FALSE(player_.playing());
}

} // namespace
} // namespace rushes::ui
