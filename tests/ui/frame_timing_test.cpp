#include "export/frame_timing.h"

#include <gtest/gtest.h>

namespace rushes::ui {
namespace {

/// A clip whose frames are grey: 10 levels a frame.
FramePtr grey(std::int64_t index) {
    return std::make_shared<Frame>(Frame{
        .width = 1,
        .height = 1,
        .index = index,
        .rgb = std::vector<std::uint8_t>(3, static_cast<std::uint8_t>(10 * index))
    });
}

int level(std::int64_t index, std::int64_t frames, FrameRate from, FrameRate to, bool blend) {
    return frameAt(index, frames, from, to, blend, grey)->rgb[0];
}

TEST(FrameTiming, TheLengthStays) {
    EXPECT_EQ(framesAt(36, {12, 1}, {30, 1}), 90);
    EXPECT_EQ(framesAt(36, {12, 1}, {24, 1}), 72);
    EXPECT_EQ(framesAt(81, {16, 1}, {25, 1}), 127); // 126.6
    EXPECT_EQ(framesAt(30, {30, 1}, {12, 1}), 12);
    EXPECT_EQ(framesAt(1, {30, 1}, {12, 1}), 1); // never none
    EXPECT_EQ(framesAt(36, {12, 1}, {0, 1}), 36);
}

TEST(FrameTiming, RepeatedFramesAreTheOnesOnTheScreenAtThatMoment) {
    // Of 12 a second at 30: frame i is seen at i / 30 s, when frame floor(12 i / 30) is on.
    const int expected[] = {0, 0, 0, 10, 10, 20, 20, 20, 30, 30};
    for (int i = 0; i < 10; ++i) {
        EXPECT_EQ(level(i, 4, {12, 1}, {30, 1}, false), expected[i]) << i;
    }
}

TEST(FrameTiming, BlendedFramesLieBetweenTheirNeighbours) {
    // Frame i lies at 12 i / 30 = 0.4 i frames: 4 i levels; after the last frame there is nothing to mix
    // with.
    for (int i = 0; i < 8; ++i) {
        EXPECT_NEAR(level(i, 4, {12, 1}, {30, 1}, true), std::min(4 * i, 30), 1) << i;
    }
    EXPECT_EQ(level(9, 4, {12, 1}, {30, 1}, true), 30);
}

TEST(FrameTiming, TheOwnRateTouchesNothing) {
    for (int i = 0; i < 4; ++i) {
        EXPECT_EQ(frameAt(i, 4, {12, 1}, {24, 2}, true, grey)->index, i);
    }
}

TEST(FrameTiming, AFrameThatCannotBeReadIsNotInvented) {
    const auto hole = [](std::int64_t i) { return i == 1 ? FramePtr() : grey(i); };
    EXPECT_EQ(frameAt(1, 4, {12, 1}, {24, 1}, true, hole), nullptr); // half of it would be frame 1
    EXPECT_NE(frameAt(1, 4, {12, 1}, {24, 1}, false, hole), nullptr);
}

} // namespace
} // namespace rushes::ui
