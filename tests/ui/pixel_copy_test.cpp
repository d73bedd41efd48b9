#include "stage/pixel_copy.h"

#include <gtest/gtest.h>

namespace rushes::ui {
namespace {

QImage noise(QSize size) {
    QImage picture(size, QImage::Format_RGB32);
    for (int y = 0; y < size.height(); ++y) {
        for (int x = 0; x < size.width(); ++x) {
            picture.setPixel(x, y, qRgb(x * 7 % 256, y * 5 % 256, (x ^ y) % 256));
        }
    }
    return picture;
}

class PixelCopy : public ::testing::Test {
protected:
    PixelCopy() : window_(2200, 1300, QImage::Format_RGB32), picture_(noise({2000, 1200})) {
        window_.fill(Qt::black);
        helpers_.setMaxThreadCount(3);
    }

    QThreadPool helpers_;
    QImage window_;
    QImage picture_; ///< 9.6 MB: several threads
};

TEST_F(PixelCopy, GivesEveryPixelOnceAndTouchesNothingElse) {
    QImage expected = window_;
    QPainter(&expected).drawImage(QPoint(150, 70), picture_);
    QPainter painter(&window_);
    ASSERT_TRUE(copyPixels(painter, {150, 70}, picture_, helpers_));
    painter.end();
    EXPECT_EQ(window_, expected);
}

TEST_F(PixelCopy, LeavesPartsAndOtherDevicesToThePainter) {
    const QImage before = window_;
    QPainter painter(&window_);
    EXPECT_FALSE(copyPixels(painter, {300, 70}, picture_, helpers_)); // sticks out
    painter.paintEngine()->setSystemClip(QRect(0, 0, 500, 500));      // only a part is to be painted
    EXPECT_FALSE(copyPixels(painter, {150, 70}, picture_, helpers_));
    painter.end();
    EXPECT_EQ(window_, before);
    QImage small(100, 100, QImage::Format_RGB888);
    QPainter other(&small);
    EXPECT_FALSE(copyPixels(other, {0, 0}, noise({10, 10}), helpers_));
}

} // namespace
} // namespace rushes::ui
