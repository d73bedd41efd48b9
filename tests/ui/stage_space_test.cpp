#include "stage/guides.h"
#include "stage/stage_space.h"

#include <cmath>
#include <gtest/gtest.h>

namespace rushes::ui {
namespace {

constexpr QRect room(10, 20, 400, 200);

TEST(StageSpace, AFittedPictureFillsTheRoomInItsShape) {
    const StageSpace space;
    EXPECT_EQ(space.placeOf({100, 100}, room).size(), QSize(200, 200));
    EXPECT_EQ(space.placeOf({400, 100}, room).size(), QSize(400, 100));
    EXPECT_LE((space.placeOf({100, 100}, room).center() - room.center()).manhattanLength(), 1);
}

TEST(StageSpace, WhatLiesUnderTheMouseStaysThere) {
    StageSpace space;
    const QSize shape(400, 200);
    const QPointF mouse(110, 70);
    const auto seen = [&] {
        const QRect place = space.placeOf(shape, room);
        return QPointF((mouse.x() - place.x()) / place.width(), (mouse.y() - place.y()) / place.height());
    };
    const QPointF before = seen();
    space.zoomBy(3, mouse, shape, room);
    EXPECT_EQ(space.placeOf(shape, room).width(), 1200);
    EXPECT_NEAR(seen().x(), before.x(), 0.002);
    EXPECT_NEAR(seen().y(), before.y(), 0.004);
}

TEST(StageSpace, ThePictureCannotBePushedOutOfSight) {
    StageSpace space;
    const QSize shape(400, 200);
    space.moveBy({50, 50}, shape, room); // fitted: it stays
    EXPECT_EQ(space.placeOf(shape, room), room);
    space.zoomBy(2, QRectF(room).center(), shape, room);
    space.moveBy({10'000, -10'000}, shape, room);
    const QRect place = space.placeOf(shape, room);
    EXPECT_NEAR(place.left(), room.left(), 1);
    EXPECT_NEAR(place.bottom(), room.bottom(), 1);
    space.fit();
    EXPECT_EQ(space.placeOf(shape, room), room);
}

TEST(StageSpace, ZoomHasEnds) {
    StageSpace space;
    space.zoomBy(1e9, {}, {400, 200}, room);
    EXPECT_EQ(space.zoom(), StageSpace::most_zoom);
    space.zoomBy(1e-9, {}, {400, 200}, room);
    EXPECT_EQ(space.zoom(), 1);
    EXPECT_EQ(space.placeOf({400, 200}, room), room); // back in the middle
}

TEST(Guides, UprightPicturesLeaveRoomForWhatReelsLayOverThem) {
    const QRectF upright = safeArea({1080, 1920}).part;
    EXPECT_DOUBLE_EQ(upright.top(), 0.14);
    EXPECT_DOUBLE_EQ(upright.bottom(), 0.65);
    EXPECT_EQ(safeArea({1920, 1080}).part, QRectF(0.05, 0.05, 0.9, 0.9));
}

} // namespace
} // namespace rushes::ui
