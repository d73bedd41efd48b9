#include "stage/enlarge.h"

#include <gtest/gtest.h>

namespace rushes::ui {
namespace {

QImage ramp(int width, int height) {
    QImage picture(width, height, QImage::Format_RGB888);
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            picture.setPixelColor(x, y, QColor(16 * x, 16 * y, 128));
        }
    }
    return picture;
}

TEST(Enlarge, DoublesUntilLittleIsLeftToDo) {
    EXPECT_EQ(enlarge(ramp(10, 6), QSize(45, 27)).size(), QSize(40, 24));
    EXPECT_EQ(enlarge(ramp(10, 6), QSize(19, 100)).size(), QSize(10, 6));
}

TEST(Enlarge, LeavesOneColourAsItIs) {
    QImage picture(5, 3, QImage::Format_RGB888);
    picture.fill(QColor(200, 17, 93));
    const QImage large = enlarge(picture, QSize(20, 12));
    ASSERT_EQ(large.size(), QSize(20, 12));
    for (int y = 0; y < 12; ++y) {
        for (int x = 0; x < 20; ++x) {
            EXPECT_EQ(large.pixelColor(x, y), QColor(200, 17, 93));
        }
    }
}

TEST(Enlarge, KeepsARampARampInPlace) {
    const QImage large = enlarge(ramp(12, 10), QSize(24, 20));
    for (int y = 4; y < 16; ++y) {
        for (int x = 4; x < 20; ++x) { // away from the edges, where it is exact for straight lines
            EXPECT_NEAR(large.pixelColor(x, y).red(), 16 * (x / 2.0 - 0.25), 1.01) << x;
            EXPECT_NEAR(large.pixelColor(x, y).green(), 16 * (y / 2.0 - 0.25), 1.01) << y;
        }
    }
}

TEST(Enlarge, StaysInRangeAtHardEdges) {
    QImage picture(8, 8, QImage::Format_RGB888);
    picture.fill(Qt::black);
    for (int y = 0; y < 8; ++y) {
        for (int x = 4; x < 8; ++x) {
            picture.setPixelColor(x, y, Qt::white);
        }
    }
    const QImage large = enlarge(picture, QSize(16, 16));
    EXPECT_EQ(large.pixelColor(0, 5), QColor(Qt::black));
    EXPECT_EQ(large.pixelColor(15, 5), QColor(Qt::white));
    EXPECT_GT(large.pixelColor(8, 5).red(), large.pixelColor(7, 5).red());
}

TEST(Enlarge, NothingAndOtherFormatsComeBackAsTheyAre) {
    EXPECT_TRUE(enlarge({}, QSize(100, 100)).isNull());
    EXPECT_EQ(enlarge(QImage(4, 4, QImage::Format_RGB32), QSize(100, 100)).size(), QSize(4, 4));
}

} // namespace
} // namespace rushes::ui
